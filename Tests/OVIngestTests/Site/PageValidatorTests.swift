// SPDX-License-Identifier: Apache-2.0

import OVTestTraits
import Testing

@testable import OVIngest

@Suite(.inTurn) struct PageValidatorTests {
    @Test func readsWhatItWrote() {
        let web = WebValidator(entityTag: "W/\"x\"", lastModified: "")
        for links in [nil, [], ["https://a/1", "https://a/10", "https://b/é", "https://a/1"]] as [[String]?] {
            for lastModified in [nil, "2026-01-01"] {
                for isEmpty in [true, false] {
                    let validator = PageValidator(
                        url: "https://a/", web: web, lastModified: lastModified, isEmpty: isEmpty,
                        links: links?.sorted())
                    #expect(PageValidator(validator.validator) == validator)
                }
            }
        }
    }

    @Test(arguments: [
        "", "site1", "site1\n\n\n\n\n--", "web1\n\"x\"\n", "site1\nu\n\n\n\n-+\n99 x", "site1\nu\n\n\n\n-+\nx",
    ])
    func isNothingOfAnotherKind(_ text: String) { #expect(PageValidator(Validator(text)) == nil) }
}
