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
enum ServerFailure {
    /// Whether the connection went away, and not that none came about.
    static func isOfConnectionLost(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError: error == .remoteConnectionClosed
        case let error as IOError: [ECONNRESET, EPIPE, ECONNABORTED].contains(error.errnoCode)
        case let error as ChannelError: error == .ioOnClosedChannel || error == .eof
        case is HTTPParserError: false
        default: false
        }
    }

    static func describe(_ error: any Error, asking server: ServerConnection, for request: ServerRequest) -> OVError {
        let place = server.address.text
        switch error {
        case let error as OVError: return error
        case is CancellationError: return OVError(.cancelled, "the server at \(place) is not waited for any more")
        case let error as HTTPClientError where error == .cancelled:
            return OVError(.cancelled, "the server at \(place) is not waited for any more")
        case let error as HTTPClientError
        where error == .connectTimeout || error == .getConnectionFromPoolTimeout:
            return absent(server, "no connection came about in time")
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
            return lost(place, "it did not answer in time", request)
        case let error as NIOConnectionError:
            return absent(server, error.connectionErrors.first.map { words($0.error) } ?? dnsWords(error))
        case let error as IOError
        where [ECONNREFUSED, ENOENT, ENETUNREACH, EHOSTUNREACH, ETIMEDOUT, EACCES].contains(
            error.errnoCode):
            return absent(server, words(error))
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            return OVError(
                .unavailable, "the server at \(place) cannot be spoken to safely: \(tlsWords(error))",
                hint: "check its certificate; SSL_CERT_FILE names a file of further ones to trust")
        case is HTTPParserError, is OrderlyAnswers.Disorder:
            return strange("what is not HTTP", from: server)
        default: return lost(place, words(error), request)
        }
    }

    /// Nothing is there that could have done anything.
    private static func absent(_ server: ServerConnection, _ cause: String) -> OVError {
        OVError(
            .unavailable, "no server answers at \(server.address.text): \(cause)",
            hint: server.address.isLocal
                ? "it has just ended: run this again, and it works on the store itself"
                : "start one there with `ov serve`, or leave out --server to work on the store of this machine")
    }

    /// It went away, and nobody knows how far it got.
    private static func lost(_ place: String, _ cause: String, _ request: ServerRequest) -> OVError {
        OVError(
            .unavailable, "the connection to \(place) broke before the answer was there: \(cause)",
            hint: request.isSafe
                ? "try again; see whether the server still runs"
                : "it may have been done all the same: look before you try again")
    }

    /// What was answered makes no sense.
    static func strange(_ what: String, from server: ServerConnection) -> OVError {
        OVError(
            .unavailable, "the server at \(server.address.text) answered something that is no ov answer: \(what)",
            hint: "check the address; if it is an ov server, it may be of another version than \(productVersion)")
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        case let error as HTTPClientError: error.shortDescription
        default: String("\(error)".prefix(200))
        }
    }

    private static func dnsWords(_ error: NIOConnectionError) -> String {
        error.dnsAError != nil || error.dnsAAAAError != nil
            ? "there is no host '\(error.host.prefix(200))'" : "no address can be reached"
    }

    private static func tlsWords(_ error: any Error) -> String {
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return "its certificate is not trusted" }
        if text.contains("failedToValidateHostname") || text.contains("unableToValidateCertificate") {
            return "its certificate is for another name"
        }
        return String(text.prefix(200))
    }
}
