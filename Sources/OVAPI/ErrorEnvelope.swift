// SPDX-License-Identifier: Apache-2.0

import OVCore

extension OVError: JSONWritable {
    /// The object that all planes show as `error`.
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("code", code.name)
            json.member("message", message)
            json.name("details")
            json.object { json in
                for (name, value) in details.sorted(by: { $0.key < $1.key }) { json.member(data: name, value) }
            }
            json.member("hint", ifAny: hint)
        }
    }
}
