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

extension OVError {
    /// Reads what `write` has written.
    /// - Parameter isContradiction: whether it came with the status of arguments that are at odds with each other,
    ///   which share their code with wrong ones.
    /// - Returns: nil for what is no error of this interface.
    package init?(json: JSONValue, isContradiction: Bool) {
        guard let code = json["code"]?.string.flatMap({ Code(name: $0) }), let message = json["message"]?.string else {
            return nil
        }
        var details: [String: JSONValue] = [:]
        if case .object(let members)? = json["details"] {
            for member in members { details[member.name] = member.value }
        }
        self.init(
            code == .invalidArgument && isContradiction ? .contradictoryArguments : code, message,
            hint: json["hint"]?.string, details: details)
    }
}
