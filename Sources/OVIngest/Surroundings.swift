// SPDX-License-Identifier: Apache-2.0

internal import OVCore
package import OVSystem

/// What the fetchers of a process need of the world around it.
package struct Surroundings: Sendable {
    /// The variables of this process.
    package var environment: [String: String]
    /// Where what can be made anew is kept; absolute.
    package var cacheFolder: String
    /// Where a store's own fetchers lie; absolute.
    package var pluginFolder: String
    /// Where a store's own converters lie; absolute.
    package var converterFolder: String
    /// Where files lie that clients have uploaded; nil where nobody uploads any.
    package var uploadFolder: String?
    /// Where the store keeps secrets that came with an address; absolute.
    package var secretFolder: String
    /// Under whom programs are run.
    package var supervisor: Supervisor

    package init(
        environment: [String: String], cacheFolder: String, pluginFolder: String, converterFolder: String,
        secretFolder: String, uploadFolder: String? = nil,
        supervisor: Supervisor = .ownExecutable
    ) {
        self.environment = environment
        self.cacheFolder = cacheFolder
        self.pluginFolder = pluginFolder
        self.converterFolder = converterFolder
        self.uploadFolder = uploadFolder
        self.secretFolder = secretFolder
        self.supervisor = supervisor
    }

    /// Those of a store.
    package init(home: String, environment: [String: String]) {
        self.init(
            environment: environment, cacheFolder: home + "/cache", pluginFolder: home + "/fetchers",
            converterFolder: home + "/converters", secretFolder: home + "/secrets",
            uploadFolder: UploadReference.folder(inHome: home))
    }
}
