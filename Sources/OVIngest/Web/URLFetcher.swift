// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// One page or file on the web.
///
/// Asks with the validators of the last run, so that a page that has not changed is not sent again. Whatever is not a
/// document (an error page, half an answer) is a failed run: the last good content stays.
package struct URLFetcher: Fetcher {
    private let client: WebClient
    private let secrets: SecretSource

    package init(client: WebClient, secrets: SecretSource) {
        self.client = client
        self.secrets = secrets
    }

    package let name = "url"
    package let version = 1
    package let arguments = [charsetArgument, authArgument]

    package func recognise(_ text: String, in context: SourceContext) async throws(OVError) -> RecognisedSource? {
        guard let scheme = LocalPath.scheme(of: text), WebURL.Scheme(rawValue: scheme) != nil else { return nil }
        let url = try WebURL(parsing: text)
        return RecognisedSource(location: url.withoutFragment.text, suggestedName: url.suggestedName)
    }

    package func fetch(_ request: FetchRequest, into sink: any DocumentSink) async throws -> FetchSummary {
        let url = try request.source.webURL
        let known = request.validators[""].flatMap(WebValidator.init)
        let terms = try request.source.terms(for: url, limits: request.limits, secrets: secrets)
        let limit = min(request.limits.documentBytes, request.limits.bytesPerIngest)
        await sink.expect(documents: 1)
        let response = try await client.withSession(terms) { session in
            try await session.get(url, headers: Self.accepted + (known?.conditions ?? []), limit: limit)
        }
        switch response.status {
        case 200, 203: try await deliver(response, of: request.source, into: sink)
        case 304 where known != nil:
            try await sink.keep([KeptDocument(path: "", validator: request.validators[""] ?? Validator(""))])
        default: throw FetchError.status(response, asOf: client.clock.now())
        }
        return FetchSummary(shape: .single)
    }

    /// Markdown where the server has it: it needs no conversion.
    private static let accepted = [("Accept", "text/markdown, text/html;q=0.9, text/plain;q=0.8, */*;q=0.5")]

    private func deliver(_ response: WebResponse, of source: Source, into sink: any DocumentSink) async throws {
        try await sink.deliver(
            FetchedDocument(
                path: "", bytes: response.body, name: response.url.lastSegment, declaredType: response.contentType,
                declaredCharset: source.options.charset(for: response.body) ?? response.charset, location: response.url,
                validator: WebValidator(response, received: client.clock.now())?.validator))
    }
}

extension WebURL {
    /// What a resource from here is called: the last part of the path, or the host; with the query, if there is one,
    /// because pages that differ only in it are different pages.
    var suggestedName: String {
        let segment = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? host
        var name = DocumentPath.canonical(WebURLReader.percentDecoded(Array(segment.utf8)))?.path ?? host
        if let query, !query.isEmpty {
            let words = query.utf8.prefix(60).split { byte in
                !((48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte))
            }
            name += words.map { "-" + String(decoding: $0, as: UTF8.self) }.joined()
        }
        return VikingURI.isSegment(name) ? name : host
    }
}
