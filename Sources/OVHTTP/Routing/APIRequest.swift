// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import OVCore

/// A request that passed every check, as handlers see it.
struct APIRequest: Sendable {
    let caller: Caller
    /// What stands in the path.
    let parameters: PathParameters
    let query: FieldValues
    /// The members of a JSON body.
    let body: FieldValues
    let headers: HTTPFields
    /// The body of an upload, which nobody has read yet.
    let stream: RequestBody
    /// Whether who asked would still be let in as the same caller: for answers that take long.
    let isStillCaller: @Sendable () async -> Bool
}
