// SPDX-License-Identifier: Apache-2.0

/// The path of what lies in the repository's `fixtures` folder.
package func fixture(_ name: String) -> String {
    // Tests/OVTestSupport/Fixture.swift, whoever calls.
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/") + "/fixtures/" + name
}
