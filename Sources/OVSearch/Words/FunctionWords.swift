// SPDX-License-Identifier: Apache-2.0

/// English words that hold a sentence together and say nothing of what it is about. In a query with other words they
/// do not count, so that a question finds what its other words would; in texts they are indexed like all words, for
/// phrases.
enum FunctionWords {
    static let all: Set<[UInt8]> = Set(
        """
        a about above after again against all also am an and any are as at be because been before being below between
        both but by can cannot could did do does doing down during each few for from further had has have having he her
        here hers him his how i if in into is it its itself me more most my no nor not of off on once only or other our
        ours out over own same she should so some such than that the their theirs them then there these they this those
        through to too under until up very was we were what when where which while who whom why will with would you
        your yours
        """.split { $0 == " " || $0 == "\n" }.map { Array($0.utf8) })
}
