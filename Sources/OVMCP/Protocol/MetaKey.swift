// SPDX-License-Identifier: Apache-2.0

/// Members of `_meta` that the protocol has named.
enum MetaKey {
    static let prefix = "io.modelcontextprotocol/"
    static let protocolVersion = prefix + "protocolVersion"
    static let clientCapabilities = prefix + "clientCapabilities"
    static let logLevel = prefix + "logLevel"
    static let serverInfo = prefix + "serverInfo"
    static let subscriptionID = prefix + "subscriptionId"
    static let tasksExtension = prefix + "tasks"
    /// Belongs to an experiment of 2025-11-25, so that it says nothing about the era.
    static let relatedTask = prefix + "related-task"
}
