// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Reads the JSON object that a request carries against what its route takes.
enum JSONBody {
    static func values(
        of bytes: [UInt8], _ fields: [Field], isOptional: Bool, into errors: inout FieldErrors
    ) throws(OVError) -> FieldValues {
        var values = FieldValues()
        let isBlank = bytes.allSatisfy { $0 == 32 || $0 == 9 || $0 == 10 || $0 == 13 }
        if isBlank, isOptional { return values }
        guard !isBlank else {
            errors.add(["body"], "the request needs a JSON object as its body", type: "missing")
            return values
        }
        for member in try members(of: bytes, into: &errors) {
            guard let field = fields.first(where: { $0.name == member.name }) else {
                errors.addUnknown("body", member.name, known: fields)
                continue
            }
            if case .ignored = field.kind { continue }
            if case .null = member.value { continue }
            guard field.kind.accepts(member.value) else {
                errors.addWrong("body", field)
                continue
            }
            values.set(field.name, member.value)
        }
        for field in fields where field.isRequired && !values.has(field.name) {
            errors.addMissing("body", field.name)
        }
        return values
    }

    private static func members(of bytes: [UInt8], into errors: inout FieldErrors)
        throws(OVError) -> [(name: String, value: JSONValue)]
    {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw .invalidField(["body"], "the body is not valid JSON: \(error)", type: "json_invalid")
        }
        guard case .object(let members) = value else {
            errors.add(["body"], "the body must be a JSON object", type: "dict_type")
            return []
        }
        return members
    }
}
