// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVCore

extension OVError.Code {
    /// The status of an answer with this code: the one table.
    var httpStatus: HTTPResponse.Status {
        switch self {
        case .contradictoryArguments, .invalidURI: .badRequest
        case .unauthenticated: .unauthorized
        case .permissionDenied: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .conflict, .massDeletionHeld, .cancelled: .conflict
        case .cursorTooOld: .gone
        case .failedPrecondition: .preconditionFailed
        case .payloadTooLarge: .contentTooLarge
        case .invalidArgument: .unprocessableContent
        case .resourceExhausted: .tooManyRequests
        case .processingError, .internal: .internalServerError
        case .unavailable: .serviceUnavailable
        case .deadlineExceeded: .gatewayTimeout
        }
    }
}
