package import Logging
import Glibc

/// Where an engine's code runs.
package enum EngineIsolation: String, CaseIterable, Hashable, Sendable {
    /// In a process of its own, whose end costs the engine's running attempts and nothing else.
    case process
    /// In the host.
    case inProcess = "in_process"
}

/// Which engines run in processes of their own, and within which limits.
package struct IsolationPolicy: Sendable {
    /// Path of `runner-host`.
    var program: String
    /// The folders of the engines that run in the host by default.
    var ownFolders: [String]
    /// What the configuration says, by engine id.
    var chosen: [String: EngineIsolation]
    /// The limits in bytes for the memory of the engines' processes, by engine id.
    var memoryLimits: [String: Int64]
    var defaultMemoryLimit: Int64
    /// How long a call may be silent.
    var patience: Duration
    var logger: Logger

    package init(
        program: String, ownFolders: [String], chosen: [String: EngineIsolation], memoryLimits: [String: Int64] = [:],
        defaultMemoryLimit: Int64 = .max, patience: Duration, logger: Logger
    ) {
        self.program = program
        self.ownFolders = ownFolders.map(Self.real)
        self.chosen = chosen
        self.memoryLimits = memoryLimits
        self.defaultMemoryLimit = defaultMemoryLimit
        self.patience = patience
        self.logger = logger
    }

    /// Whether a library of that folder may be loaded into this process to be asked for its id. What may have to run in a
    /// process of its own is loaded there only.
    func mayLoad(from folder: String) -> Bool { isOwn(folder) && !chosen.values.contains(.process) }

    func isolation(of engine: String, in folder: String) -> EngineIsolation { chosen[engine] ?? (isOwn(folder) ? .inProcess : .process) }

    func memoryLimit(of engine: String) -> Int64 { memoryLimits[engine] ?? defaultMemoryLimit }

    private func isOwn(_ folder: String) -> Bool { ownFolders.contains(Self.real(folder)) }

    private static func real(_ path: String) -> String {
        guard let found = realpath(path, nil) else { return path }
        defer { free(found) }
        return String(cString: found)
    }
}
