// SPDX-License-Identifier: Apache-2.0

/// What it counts that a term stands in a section so and so often: the part of BM25F that does not depend on how rare
/// the term is, as one byte. See `SearchField`.
struct ImpactScale {
    /// One over the length of each field compared with the average, weighted, for each section.
    private let factors: [SIMD4<Float>]

    init(_ sections: [IndexBuilder.Section]) {
        var averages: [Double] = []
        for field in SearchField.allCases {
            let sum = sections.reduce(0.0) { $0 + Double($1.lengths[field.rawValue]) }
            let count = Double(sections.count) + SearchField.usualSections
            averages.append((sum + SearchField.usualSections * field.usualLength) / count)
        }
        factors = sections.map { section in
            var factor = SIMD4<Float>()
            for field in SearchField.allCases {
                let relative = Double(section.lengths[field.rawValue]) / averages[field.rawValue]
                factor[field.rawValue] = Float(
                    field.weight / (1 - field.lengthShare + field.lengthShare * relative))
            }
            return factor
        }
    }

    /// At least 1, so that whatever is there counts.
    func impact(of counts: SIMD4<Float>, in section: Int) -> UInt8 {
        let frequency = (counts * factors[section]).sum()
        return Self.impact(ofWeightedFrequency: frequency)
    }

    static func impact(ofWeightedFrequency frequency: Float) -> UInt8 {
        let saturated = frequency / (Float(SearchField.saturation) + frequency)
        // Rounded by what cuts off the fraction, which is an instruction; `rounded` is a call.
        return UInt8(max(1, min(255, saturated * 255 + 0.5)))
    }

    /// What an impact is worth: 0 to k1 + 1, as in BM25.
    static let worth: Float = Float(SearchField.saturation + 1) / 255
}
