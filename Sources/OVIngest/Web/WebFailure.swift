// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import OVCore
internal import OVWire

/// Words for what goes wrong between a request and its answer.
enum WebFailure {
    /// Whether no connection came about, so that another address of the host may do.
    static func isOfConnecting(_ error: any Error) -> Bool {
        switch error {
        case is NIOConnectionError: true
        case let error as HTTPClientError: error == .connectTimeout || error == .getConnectionFromPoolTimeout
        case let error as IOError:
            [ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, ETIMEDOUT].contains(error.errnoCode)
        case let error as ChannelError: if case .connectTimeout = error { true } else { false }
        default: false
        }
    }

    /// - Returns: a `FetchError`, or the error itself when it is one that says enough.
    static func describe(_ error: (any Error)?, asking url: WebURL, limits: Limits) -> any Error {
        switch error {
        case let error as FetchError: return error
        case let error as HTTPClientError: return describe(error, url, limits)
        case let error as OrderlyAnswers.Disorder:
            return FetchError.transient(cause: "protocol_error", "what \(url) answers is not valid HTTP: \(error)")
        case let error as HTTPParserError:
            return FetchError.transient(cause: "protocol_error", "what \(url) answers is not valid HTTP: \(error)")
        case let error as NIOConnectionError:
            let cause = error.connectionErrors.first.map { words($0.error) } ?? "no address can be reached"
            return refused(url, cause)
        case let error as IOError:
            return isOfConnecting(error) ? refused(url, words(error)) : lost(url, words(error))
        case let error as ChannelError:
            if case .connectTimeout = error { return slowToConnect(url, limits) }
            return lost(url, "\(error)")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            return FetchError.transient(
                cause: "tls_failed", "\(url.authority) cannot be spoken to safely: \(tlsWords(error))",
                hint: "check its certificate; SSL_CERT_FILE names a file of further ones to trust")
        case nil: return refused(url, "it has no address")
        case let error?: return lost(url, String("\(error)".prefix(200)))
        }
    }

    private static func describe(_ error: HTTPClientError, _ url: WebURL, _ limits: Limits) -> FetchError {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout: return slowToConnect(url, limits)
        case .tlsHandshakeTimeout:
            return .transient(cause: "timed_out", "\(url.authority) did not finish the TLS handshake")
        case .readTimeout:
            return .transient(
                cause: "timed_out", "nothing came from \(url) for \(limits.idleTimeout.count / 1000) s",
                hint: "raise `idle_seconds` in config.json if it is always that slow")
        case .deadlineExceeded:
            return .transient(
                cause: "timed_out",
                "\(url) had not answered to the end after \(limits.fetchDuration.count / 1000) s",
                hint: "raise `fetch_minutes` in config.json if it is always that slow")
        default: return lost(url, error.shortDescription)
        }
    }

    private static func slowToConnect(_ url: WebURL, _ limits: Limits) -> FetchError {
        .transient(
            cause: "timed_out", "no connection to \(url.authority) within \(limits.connectTimeout.count / 1000) s")
    }

    private static func refused(_ url: WebURL, _ cause: String) -> FetchError {
        .transient(cause: "connection_failed", "cannot connect to \(url.authority): \(cause)")
    }

    private static func lost(_ url: WebURL, _ cause: String) -> FetchError {
        .transient(cause: "connection_lost", "the connection to \(url.authority) broke while \(url) was read: \(cause)")
    }

    private static func words(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode)).lowercased()
    }

    private static func tlsWords(_ error: (any Error)?) -> String {
        let text = error.map { "\($0)" } ?? ""
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return "its certificate is not trusted" }
        if text.contains("failedToValidateHostname") { return "its certificate is for another name" }
        return String(text.prefix(200))
    }
}

extension FetchError {
    static func tooLarge(_ url: WebURL, _ limit: Int64) -> FetchError {
        .permanent(
            cause: "limit_exceeded", "\(url) has more than \(limit) bytes; that is the limit on one document",
            hint: "raise `document_bytes` in config.json if it is worth it")
    }

    /// What a status that brings no document means for a source.
    static func status(_ response: WebResponse, asOf now: Timestamp) -> FetchError {
        let answer = "\(response.url) answers \(response.status)\(reason(response.status))"
        switch response.status {
        case 404, 410:
            return .permanent(cause: "source_gone", answer, hint: "check the address; what was read stays")
        case 401, 403, 407:
            return .permanent(
                cause: "access_denied", answer, hint: "if it needs a login: --arg auth=env:NAME or auth=file:PATH")
        case 408, 425, 429, 500...599:
            let wait = response.header("Retry-After").flatMap { retryAfter($0, asOf: now) }
            return FetchError(.transient(retryAfter: wait), cause: "server_error", answer)
        case 400...499: return .permanent(cause: "request_refused", answer)
        default: return .transient(cause: "protocol_error", "\(answer), which is not what was asked for")
        }
    }

    private static func reason(_ status: Int) -> String {
        let phrase = HTTPResponseStatus(statusCode: status).reasonPhrase
        return phrase.isEmpty ? "" : " (\(phrase))"
    }

    /// RFC 9110 §10.2.3: seconds, or a date.
    static func retryAfter(_ value: String, asOf now: Timestamp) -> Milliseconds? {
        if let seconds = Int64(value), seconds >= 0 { return .seconds(min(seconds, 366 * 86_400)) }
        return HTTPDate.parse(value).map { max(.zero, $0.since(now)) }
    }
}
