import FoundationEssentials

/// Who this runner is to the control plane.
package struct RunnerIdentity: Hashable, Sendable {
    /// Stays over restarts; see `StateDirectory.runnerID`.
    package var runnerID: String
    /// One per process.
    package var sessionID: String
    /// For people; the machine's name, unless configured.
    package var name: String
    /// Of runner-host.
    package var version: String
    /// See `RegisterRequest.machine`.
    package var machine: String?

    package init(
        runnerID: String, sessionID: String = UUID().uuidString.lowercased(), name: String, version: String, machine: String? = nil
    ) {
        self.machine = machine
        self.runnerID = runnerID
        self.sessionID = sessionID
        self.name = name
        self.version = version
    }
}
