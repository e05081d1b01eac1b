// SPDX-License-Identifier: Apache-2.0

/// The stem of English words, so that `connected` finds `connection`.
///
/// Porter2, after its published description (snowballstem.org, "The English stemming algorithm"), on folded ASCII
/// words; whatever else is not changed. Stems are keys, not words to show.
package struct EnglishStemmer {
    private var word: [UInt8]
    /// Where the regions R1 and R2 begin.
    private var region1: Int
    private var region2: Int

    /// - Parameter word: lower case.
    package static func stem(_ word: [UInt8]) -> [UInt8] {
        guard word.count > 2, word.count <= 64, word.allSatisfy({ $0 &- 97 <= 25 || $0 == 39 }) else { return word }
        if let stem = exceptions[String(decoding: word, as: UTF8.self)] { return Array(stem.utf8) }
        var stemmer = EnglishStemmer(word)
        stemmer.removePossessive()
        stemmer.removePlural()
        if invariant.contains(String(decoding: stemmer.word, as: UTF8.self)) { return stemmer.word }
        stemmer.removeInflection()
        stemmer.replaceFinalY()
        stemmer.applyStep2()
        stemmer.applyStep3()
        stemmer.applyStep4()
        stemmer.applyStep5()
        // A `y` that is a consonant was marked as upper case.
        return stemmer.word.map { $0 == 89 ? 121 : $0 }
    }

    private init(_ word: [UInt8]) {
        self.word = word.first == 39 ? Array(word.dropFirst()) : word
        region1 = 0
        region2 = 0
        markConsonantY()
        region1 = Self.prefixes.first { self.word.starts(with: $0) }?.count ?? regionStart(from: 0)
        region2 = regionStart(from: region1)
    }

    private static let prefixes = ["gener", "commun", "arsen"].map { Array($0.utf8) }

    private static let exceptions = [
        "skis": "ski", "skies": "sky", "dying": "die", "lying": "lie", "tying": "tie", "idly": "idl",
        "gently": "gentl", "ugly": "ugli", "early": "earli", "only": "onli", "singly": "singl", "sky": "sky",
        "news": "news", "howe": "howe", "atlas": "atlas", "cosmos": "cosmos", "bias": "bias", "andes": "andes",
    ]
    private static let invariant: Set<String> = [
        "inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed",
    ]
}

// MARK: - Regions and endings

extension EnglishStemmer {
    private func isVowel(_ index: Int) -> Bool {
        switch word[index] {
        case 97, 101, 105, 111, 117, 121: true
        default: false
        }
    }

    private mutating func markConsonantY() {
        for index in word.indices where word[index] == 121 {
            if index == 0 || isVowel(index - 1) { word[index] = 89 }
        }
    }

    /// Behind the first consonant that follows a vowel.
    private func regionStart(from start: Int) -> Int {
        var index = start
        while index < word.count, !isVowel(index) { index += 1 }
        while index < word.count, isVowel(index) { index += 1 }
        return min(index + 1, word.count)
    }

    private func ends(_ suffix: StaticString) -> Bool {
        let count = suffix.utf8CodeUnitCount
        guard word.count >= count else { return false }
        let base = word.count - count
        for index in 0..<count where word[base + index] != suffix.utf8Start[index] { return false }
        return true
    }

    private mutating func replace(_ suffix: StaticString, by replacement: StaticString) {
        word.removeLast(suffix.utf8CodeUnitCount)
        for index in 0..<replacement.utf8CodeUnitCount { word.append(replacement.utf8Start[index]) }
    }

    private func isInRegion1(_ suffix: StaticString) -> Bool { word.count - suffix.utf8CodeUnitCount >= region1 }
    private func isInRegion2(_ suffix: StaticString) -> Bool { word.count - suffix.utf8CodeUnitCount >= region2 }

    private func hasVowel(before end: Int) -> Bool { (0..<max(0, end)).contains { isVowel($0) } }

    /// A vowel between consonants, the last not `w`, `x` or `Y`; or a vowel at the start before a consonant.
    private func endsInShortSyllable(at end: Int) -> Bool {
        if end == 2 { return isVowel(0) && !isVowel(1) }
        guard end > 2 else { return false }
        let last = word[end - 1]
        return !isVowel(end - 3) && isVowel(end - 2) && !isVowel(end - 1) && last != 119 && last != 120 && last != 89
    }

    private var isShort: Bool { region1 >= word.count && endsInShortSyllable(at: word.count) }

    private var endsInDouble: Bool {
        guard word.count >= 2, let last = word.last, last == word[word.count - 2] else { return false }
        return [98, 100, 102, 103, 109, 110, 112, 114, 116].contains(last)
    }
}

// MARK: - Steps

extension EnglishStemmer {
    private mutating func removePossessive() {
        if ends("'s'") {
            word.removeLast(3)
        } else if ends("'s") {
            word.removeLast(2)
        } else if ends("'") {
            word.removeLast(1)
        }
    }

    private mutating func removePlural() {
        if ends("sses") {
            word.removeLast(2)
        } else if ends("ied") || ends("ies") {
            word.removeLast(word.count > 4 ? 2 : 1)
        } else if ends("us") || ends("ss") {
            return
        } else if ends("s"), hasVowel(before: word.count - 2) {
            word.removeLast()
        }
    }

    private mutating func removeInflection() {
        if ends("eedly") {
            if isInRegion1("eedly") { replace("eedly", by: "ee") }
            return
        }
        if ends("eed") {
            if isInRegion1("eed") { replace("eed", by: "ee") }
            return
        }
        let endings: [(StaticString, Int)] = [("ingly", 5), ("edly", 4), ("ing", 3), ("ed", 2)]
        guard let (_, count) = endings.first(where: { ends($0.0) }), hasVowel(before: word.count - count) else {
            return
        }
        word.removeLast(count)
        if ends("at") || ends("bl") || ends("iz") {
            word.append(101)
        } else if endsInDouble {
            word.removeLast()
        } else if isShort {
            word.append(101)
        }
    }

    private mutating func replaceFinalY() {
        guard word.count > 2, let last = word.last, last == 121 || last == 89, !isVowel(word.count - 2) else { return }
        word[word.count - 1] = 105
    }

    private static let step2: [(StaticString, StaticString)] = [
        ("ization", "ize"), ("ational", "ate"), ("fulness", "ful"), ("ousness", "ous"), ("iveness", "ive"),
        ("tional", "tion"), ("biliti", "ble"), ("lessli", "less"), ("entli", "ent"), ("ation", "ate"),
        ("alism", "al"), ("aliti", "al"), ("ousli", "ous"), ("iviti", "ive"), ("fulli", "ful"), ("enci", "ence"),
        ("anci", "ance"), ("abli", "able"), ("izer", "ize"), ("ator", "ate"), ("alli", "al"), ("bli", "ble"),
        ("ogi", "og"), ("li", ""),
    ]

    private mutating func applyStep2() {
        guard let (suffix, replacement) = Self.step2.first(where: { ends($0.0) }), isInRegion1(suffix) else { return }
        if suffix.utf8CodeUnitCount == 3, ends("ogi") {
            guard word.count > 3, word[word.count - 4] == 108 else { return }
        } else if suffix.utf8CodeUnitCount == 2 {
            // Behind c, d, e, g, h, k, m, n, r, t.
            guard word.count > 2, [99, 100, 101, 103, 104, 107, 109, 110, 114, 116].contains(word[word.count - 3])
            else { return }
        }
        replace(suffix, by: replacement)
    }

    private static let step3: [(StaticString, StaticString)] = [
        ("ational", "ate"), ("tional", "tion"), ("alize", "al"), ("icate", "ic"), ("iciti", "ic"), ("ative", ""),
        ("ical", "ic"), ("ness", ""), ("ful", ""),
    ]

    private mutating func applyStep3() {
        guard let (suffix, replacement) = Self.step3.first(where: { ends($0.0) }), isInRegion1(suffix) else { return }
        if ends("ative"), !isInRegion2("ative") { return }
        replace(suffix, by: replacement)
    }

    private static let step4: [StaticString] = [
        "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize",
        "ion", "al", "er", "ic",
    ]

    private mutating func applyStep4() {
        guard let suffix = Self.step4.first(where: { ends($0) }), isInRegion2(suffix) else { return }
        if ends("ion") {
            guard word.count > 3, word[word.count - 4] == 115 || word[word.count - 4] == 116 else { return }
        }
        replace(suffix, by: "")
    }

    private mutating func applyStep5() {
        if ends("e") {
            let isLong = word.count - 1 >= region2
            if isLong || word.count - 1 >= region1 && !endsInShortSyllable(at: word.count - 1) { word.removeLast() }
        } else if ends("ll"), word.count - 1 >= region2 {
            word.removeLast()
        }
    }
}
