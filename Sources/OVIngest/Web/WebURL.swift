// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// An `http` or `https` URL in its canonical spelling, read as browsers read it (WHATWG URL Standard).
///
/// So that nothing that looks like one host is another: names are brought to ASCII, numbers in any of the spellings
/// that mean an IPv4 address become that address, dots in paths are resolved.
package struct WebURL: Hashable, Sendable {
    package enum Scheme: String, Hashable, Sendable {
        case http, https

        package var defaultPort: UInt16 { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme
    /// What stands before `@`, as it was written, `user` or `user:password`; nil when nothing does.
    package let userInformation: String?
    /// A name in ASCII and lower case, or an address; IPv6 without brackets.
    package let host: String
    package let port: UInt16
    /// Begins with a slash; percent-encoded.
    package let path: String
    /// Without the question mark; nil when there is none, empty when there is nothing behind it.
    package let query: String?
    /// Without the number sign.
    package let fragment: String?

    /// - Throws: `INVALID_URI` with what is wrong; a password never shows in it.
    package init(parsing text: String) throws(OVError) {
        let bytes = WebURLReader.cleaned(text)
        do throws(WebURLReader.Failure) {
            self = try WebURLReader.absolute(bytes)
        } catch {
            throw OVError(
                .invalidURI, "'\(Self.redacted(text))' is not a valid URL: \(error.message)",
                hint: "write http(s)://host/path")
        }
    }

    init(
        scheme: Scheme, userInformation: String?, host: String, port: UInt16, path: String, query: String?,
        fragment: String?
    ) {
        self.scheme = scheme
        self.userInformation = userInformation
        self.host = host
        self.port = port
        self.path = path
        self.query = query
        self.fragment = fragment
    }

    /// The URL that a reference means when it stands in a document at this one.
    /// - Returns: nil when it leads elsewhere than to http(s), or is not valid.
    package func resolving(_ reference: String) -> WebURL? {
        try? WebURLReader.resolve(WebURLReader.cleaned(reference), against: self)
    }

    /// Scheme, host and port: what credentials are bound to.
    package struct Origin: Hashable, Sendable {
        package let scheme: Scheme
        package let host: String
        package let port: UInt16
    }

    package var origin: Origin { Origin(scheme: scheme, host: host, port: port) }

    /// The host as it stands in a URL, with the port unless it is the scheme's own: the value of a `Host` header.
    package var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == scheme.defaultPort ? name : "\(name):\(port)"
    }

    /// What is asked of the server: path and query.
    package var target: String { query.map { "\(path)?\($0)" } ?? path }

    /// The whole URL, without what stands before `@`.
    package var text: String { "\(scheme.rawValue)://\(authority)\(target)" + (fragment.map { "#\($0)" } ?? "") }

    /// The same without the fragment, which is the reader's and not the server's.
    package var withoutFragment: WebURL {
        WebURL(
            scheme: scheme, userInformation: userInformation, host: host, port: port, path: path, query: query,
            fragment: nil)
    }

    /// The last part of the path, decoded as far as that gives text; empty for a folder.
    package var lastSegment: String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        let segment = Array(path.utf8[path.utf8.index(after: slash)...])
        return String(validating: WebURLReader.percentDecoded(segment), as: UTF8.self)
            ?? String(decoding: segment, as: UTF8.self)
    }
}

extension WebURL: CustomStringConvertible {
    package var description: String { text }
}
