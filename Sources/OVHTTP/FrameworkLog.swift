// SPDX-License-Identifier: Apache-2.0

import Logging

/// What the framework has to say that is worth a line.
///
/// It gives each request a logger with a number of its own, which means nothing to anybody: the access log has
/// another. Those are not kept, because keeping them cost more than finding the answer to most requests.
struct FrameworkLog: LogHandler {
    private let base: Logger
    var logLevel: Logger.Level
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    init(_ base: Logger) {
        self.base = base
        // Below, it tells everything that it does.
        logLevel = max(base.logLevel, .notice)
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        base.log(
            level: event.level, event.message, error: event.error, metadata: event.metadata, source: event.source,
            file: event.file, function: event.function, line: event.line)
    }
}
