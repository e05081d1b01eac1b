// SPDX-License-Identifier: Apache-2.0

/// A reader of the Prometheus text format 0.0.4 that forgives nothing.
struct PrometheusText {
    struct Sample: Hashable {
        var name: String
        var labels: [String: String]
        var value: Double
    }

    struct Family {
        var type: String
        var help: String
        var samples: [Sample] = []
    }

    struct Fault: Error {
        let line: String
        let reason: String
    }

    private(set) var families: [String: Family] = [:]
    private var current: String?

    init(_ text: String) throws(Fault) {
        guard text.utf8.last == 10 else { throw Fault(line: "", reason: "no newline at the end") }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            try read(String(line))
        }
        for (name, family) in families {
            guard !family.samples.isEmpty || family.type != "gauge" else {
                throw Fault(line: name, reason: "no samples")
            }
            guard Set(family.samples.map { Key($0) }).count == family.samples.count else {
                throw Fault(line: name, reason: "a sample twice")
            }
            if family.type == "histogram" { try Self.checkHistogram(name, family) }
        }
    }

    /// The value of a sample of those labels.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        families.values.lazy.flatMap(\.samples).first { $0.name == name && $0.labels == labels }?.value
    }

    private struct Key: Hashable {
        let name: String
        let labels: [String: String]

        init(_ sample: Sample) { (name, labels) = (sample.name, sample.labels) }
    }

    private mutating func read(_ line: String) throws(Fault) {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        if line.hasPrefix("# HELP ") {
            guard words.count == 4, Self.isName(words[2]), families[words[2]] == nil, !words[3].isEmpty else {
                throw Fault(line: line, reason: "a HELP that is none, or the second of a family")
            }
            families[words[2]] = Family(type: "", help: words[3])
            current = words[2]
        } else if line.hasPrefix("# TYPE ") {
            guard words.count == 4, words[2] == current, families[words[2]]?.type == "",
                ["counter", "gauge", "histogram"].contains(words[3])
            else { throw Fault(line: line, reason: "a TYPE that does not follow its HELP") }
            families[words[2]]?.type = words[3]
        } else {
            let sample = try Self.sample(line)
            guard let current, let family = families[current], family.type != "" else {
                throw Fault(line: line, reason: "a sample of no family")
            }
            let suffixes = family.type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
            guard suffixes.contains(where: { current + $0 == sample.name }) else {
                throw Fault(line: line, reason: "a sample of another family than \(current)")
            }
            if family.type == "counter" {
                guard current.hasSuffix("_total"), sample.value >= 0 else {
                    throw Fault(line: line, reason: "no counter")
                }
            }
            families[current]?.samples.append(sample)
        }
    }

    private static func isName(_ text: String) -> Bool {
        let isLetter = { (byte: UInt8) in (97...122).contains(byte | 0x20) || byte == 95 || byte == 58 }
        return text.utf8.first.map(isLetter) ?? false && text.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) }
    }

    private static func sample(_ line: String) throws(Fault) -> Sample {
        var rest = Substring(line)
        let name = rest.prefix { $0 != "{" && $0 != " " }
        guard isName(String(name)) else { throw Fault(line: line, reason: "a name that is none") }
        rest = rest.dropFirst(name.count)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest = rest.dropFirst()
            while rest.first != "}" {
                let label = String(rest.prefix { $0 != "=" })
                guard isName(label), !label.contains(":"), labels[label] == nil else {
                    throw Fault(line: line, reason: "a label that is none")
                }
                rest = rest.dropFirst(label.count + 1)
                labels[label] = try quoted(&rest, line)
                guard rest.first == "," || rest.first == "}" else { throw Fault(line: line, reason: "no comma") }
                if rest.first == "," { rest = rest.dropFirst() }
            }
            rest = rest.dropFirst()
        }
        guard rest.first == " ", let value = Double(rest.dropFirst()) else {
            throw Fault(line: line, reason: "no value")
        }
        return Sample(name: String(name), labels: labels, value: value)
    }

    private static func quoted(_ rest: inout Substring, _ line: String) throws(Fault) -> String {
        guard rest.first == "\"" else { throw Fault(line: line, reason: "no quote") }
        rest = rest.dropFirst()
        var value = ""
        while let character = rest.first {
            rest = rest.dropFirst()
            switch character {
            case "\"": return value
            case "\\":
                guard let escaped = rest.popFirst(), let meant = ["\\": "\\", "\"": "\"", "n": "\n"][escaped] else {
                    throw Fault(line: line, reason: "an escape that is none")
                }
                value += meant
            default: value.append(character)
            }
        }
        throw Fault(line: line, reason: "no end of a quote")
    }

    /// Buckets rise to `+Inf`, which has what the count has; there is a sum.
    private static func checkHistogram(_ name: String, _ family: Family) throws(Fault) {
        let series = Dictionary(grouping: family.samples) { sample in sample.labels.filter { $0.key != "le" } }
        for (labels, samples) in series {
            let buckets = samples.filter { $0.name == name + "_bucket" }
            let bounds = buckets.map { Double($0.labels["le"] ?? "") ?? .nan }
            let count = samples.filter { $0.name == name + "_count" }.map(\.value)
            guard zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 }), bounds.last == .infinity,
                zip(buckets, buckets.dropFirst()).allSatisfy({ $0.value <= $1.value }),
                buckets.last.map({ [$0.value] }) == count, samples.count(where: { $0.name == name + "_sum" }) == 1
            else { throw Fault(line: "\(name) \(labels)", reason: "no histogram") }
        }
    }
}
