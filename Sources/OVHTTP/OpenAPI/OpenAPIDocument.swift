// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVCore

/// The OpenAPI 3.1 document of a table of routes. What a route takes is said where it is checked; only the shapes of
/// answers are written by hand, in `OpenAPISchemas`.
struct OpenAPIDocument {
    let table: RouteTable

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("openapi", "3.1.0")
            json.name("info")
            json.object { json in
                json.member("title", "ov")
                json.member("version", productVersion)
                json.member("description", "Keeps the knowledge that AI agents work from fresh.")
            }
            json.name("paths")
            json.object { json in
                for (path, routes) in byPath {
                    json.name(data: path)
                    json.object { json in
                        for route in routes {
                            json.name(data: route.method.rawValue.lowercased())
                            write(route, to: &json)
                        }
                    }
                }
            }
            json.name("components")
            json.raw(OpenAPISchemas.components.utf8)
        }
    }

    private var byPath: [(String, [Route])] {
        Dictionary(grouping: table.routes) { $0.path.description }.sorted { $0.key < $1.key }
    }

    private func write(_ route: Route, to json: inout JSONWriter) {
        json.object { json in
            json.member("summary", route.summary)
            json.member("operationId", Self.operationID(of: route))
            writeParameters(of: route, to: &json)
            writeBody(of: route, to: &json)
            if route.isOpen {
                json.name("security")
                json.array { _ in }
            } else {
                json.name("security")
                json.raw(#"[{},{"apiKey":[]},{"bearer":[]}]"#.utf8)
            }
            json.name("responses")
            json.object { json in
                json.name("200")
                writeAnswer(of: route, to: &json)
                if route.path.description.hasSuffix("/download") {
                    json.name("206")
                    writeAnswer(of: route, to: &json)
                    json.name("304")
                    json.raw(#"{"description":"The client has it."}"#.utf8)
                }
                json.name("default")
                json.raw(
                    ##"{"description":"It did not work.","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Failure"}}}}"##
                        .utf8)
            }
        }
    }

    private static func operationID(of route: Route) -> String {
        let words = route.path.segments.compactMap { segment -> String? in
            switch segment {
            case .literal("api"), .literal("v1"): nil
            case .literal(let name): name.split(separator: ".").joined(separator: "_")
            case .parameter(let name): "by_\(name)"
            }
        }
        return ([route.method.rawValue.lowercased()] + words).joined(separator: "_")
    }

    private func writeParameters(of route: Route, to json: inout JSONWriter) {
        json.name("parameters")
        json.array { json in
            for name in route.path.parameters {
                json.object { json in
                    json.member("name", name)
                    json.member("in", "path")
                    json.member("required", true)
                    json.name("schema")
                    json.raw(#"{"type":"string"}"#.utf8)
                }
            }
            for field in route.query where !field.kind.isIgnored {
                json.object { json in
                    json.member("name", field.name)
                    json.member("in", "query")
                    json.member("required", field.isRequired)
                    json.member("description", field.summary)
                    json.name("schema")
                    field.kind.writeSchema(to: &json)
                }
            }
        }
    }

    private func writeBody(of route: Route, to json: inout JSONWriter) {
        switch route.body {
        case .none: return
        case .upload:
            json.name("requestBody")
            json.raw(
                #"{"required":true,"content":{"multipart/form-data":{"schema":{"type":"object","required":["file"],"properties":{"file":{"type":"string","format":"binary"}}}}}}"#
                    .utf8)
        case .json(let fields, let isOptional):
            json.name("requestBody")
            json.object { json in
                json.member("required", !isOptional)
                json.name("content")
                json.object { json in
                    json.name("application/json")
                    json.object { json in
                        json.name("schema")
                        writeSchema(of: fields, to: &json)
                    }
                }
            }
        }
    }

    private func writeSchema(of fields: [Field], to json: inout JSONWriter) {
        json.object { json in
            json.member("type", "object")
            json.member("additionalProperties", false)
            json.member("required", fields.filter(\.isRequired).map(\.name))
            json.name("properties")
            json.object { json in
                for field in fields {
                    json.name(data: field.name)
                    json.object { json in
                        json.member(
                            "description", field.kind.isIgnored ? "Accepted, and without meaning." : field.summary)
                        guard !field.kind.isIgnored else { return }
                        json.name("anyOf")
                        json.array { json in
                            field.kind.writeSchema(to: &json)
                            json.raw(#"{"type":"null"}"#.utf8)
                        }
                    }
                }
            }
        }
    }

    private func writeAnswer(of route: Route, to json: inout JSONWriter) {
        json.object { json in
            json.member("description", "It worked.")
            json.name("content")
            json.object { json in
                switch route.answer {
                case .result(let schema):
                    json.name("application/json")
                    json.object { json in
                        json.name("schema")
                        json.raw(
                            ##"{"type":"object","required":["status","result"],"properties":{"status":{"const":"ok"},"result":{"$ref":"#/components/schemas/\##(schema)"}}}"##
                                .utf8)
                    }
                case .other(let type):
                    json.name(data: String(type.prefix { $0 != ";" }))
                    json.object { _ in }
                }
            }
        }
    }
}

extension Field.Kind {
    var isIgnored: Bool { if case .ignored = self { true } else { false } }

    fileprivate func writeSchema(to json: inout JSONWriter) {
        json.object { json in
            switch self {
            case .text, .uri: json.member("type", "string")
            case .integer: json.member("type", "integer")
            case .number: json.member("type", "number")
            case .boolean: json.member("type", "boolean")
            case .object: json.member("type", "object")
            case .choice(let choices):
                json.member("type", "string")
                json.member("enum", choices)
            case .list:
                json.name("anyOf")
                json.raw(#"[{"type":"array","items":{"type":"string"}},{"type":"string"}]"#.utf8)
            case .ignored: return
            }
        }
    }
}
