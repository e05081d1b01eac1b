// SPDX-License-Identifier: Apache-2.0

/// Who one is at which host, as `ftp` began to keep it and curl, git and others read it: words, separated by blanks.
///
///     machine example.com login anna password "with \\"blanks\\" in it"
///     default login anonymous password guest
///
/// The grammar is the common ground of netrc(5) and curl: `machine`, `default`, `login`, `password`, `account`,
/// `macdef` until an empty line, comments from `#` at the start of a word, and words in quotation marks.
struct Netrc: Sendable {
    struct Failure: Error, Hashable {
        /// Counts from 1.
        let line: Int
        /// Never holds a word of the file: it could be a password.
        let reason: String
    }

    private struct Entry: Sendable {
        /// Nil for `default`.
        let machine: String?
        var login: String?
        var password: String?
    }

    private var entries: [Entry] = []

    /// - Throws: `Failure` for what another reader might understand in another way.
    init(_ bytes: [UInt8]) throws(Failure) {
        var words = Words(bytes)
        while let word = try words.next() {
            switch word {
            case "machine": entries.append(Entry(machine: try words.value(of: word).lowercased()))
            case "default": entries.append(Entry(machine: nil))
            case "login", "user", "password", "passwd", "account":
                guard let last = entries.indices.last else { throw words.failure("'\(word)' comes before any machine") }
                let value = try words.value(of: word)
                switch word {
                case "login", "user": entries[last].login = value
                case "password", "passwd": entries[last].password = value
                default: break
                }
            case "macdef":
                _ = try words.value(of: word)
                words.skipMacro()
            default: throw words.failure("there is a word that is no keyword")
            }
        }
    }

    /// `login:password` at a host: the first entry of its name that has a password, else the default one.
    /// - Parameter host: in lower case.
    func login(at host: String) -> String? {
        let known = entries.filter { $0.password.map { !$0.isEmpty } ?? false }
        guard let entry = known.first(where: { $0.machine == host }) ?? known.first(where: { $0.machine == nil }),
            let password = entry.password
        else { return nil }
        return "\(entry.login ?? ""):\(password)"
    }

    private struct Words {
        private let bytes: [UInt8]
        private var position = 0
        private var line = 1

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func failure(_ reason: String) -> Failure { Failure(line: line, reason: reason) }

        mutating func value(of keyword: String) throws(Failure) -> String {
            guard let word = try next() else { throw failure("nothing follows '\(keyword)'") }
            return word
        }

        mutating func next() throws(Failure) -> String? {
            while position < bytes.count {
                switch bytes[position] {
                case 10:
                    line += 1
                    position += 1
                case 0...32: position += 1
                case UInt8(ascii: "#"): skipLine()
                case UInt8(ascii: "\""): return try text(try quoted())
                default:
                    let word = bytes[position...].prefix { $0 > 32 }
                    position += word.count
                    return try text(Array(word))
                }
            }
            return nil
        }

        private func text(_ word: [UInt8]) throws(Failure) -> String {
            guard let text = String(validating: word, as: UTF8.self) else { throw failure("it is not valid UTF-8") }
            return text
        }

        private mutating func skipLine() { position += bytes[position...].prefix { $0 != 10 }.count }

        private mutating func quoted() throws(Failure) -> [UInt8] {
            var word: [UInt8] = []
            position += 1
            while position < bytes.count, bytes[position] != 10 {
                let byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "\"") { return word }
                guard byte == UInt8(ascii: "\\"), position < bytes.count else {
                    word.append(byte)
                    continue
                }
                switch bytes[position] {
                case UInt8(ascii: "n"): word.append(10)
                case UInt8(ascii: "r"): word.append(13)
                case UInt8(ascii: "t"): word.append(9)
                default: word.append(bytes[position])
                }
                position += 1
            }
            throw failure("a quotation mark is missing")
        }

        /// The lines of a macro, to the empty one that ends it.
        mutating func skipMacro() {
            skipLine()
            while position < bytes.count {
                position += 1
                line += 1
                let content = bytes[min(position, bytes.count)...].prefix { $0 != 10 }
                position += content.count
                if content.allSatisfy({ $0 == 13 }) { return }
            }
        }
    }
}
