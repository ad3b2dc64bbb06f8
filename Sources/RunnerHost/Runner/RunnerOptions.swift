import FoundationEssentials
package import ObjectStore

/// How a runner waits and tries. The defaults suit every runner; tests shorten them.
package struct RunnerOptions: Hashable, Sendable {
    /// How long the control plane may hold a claim while there is nothing to do.
    package var claimWait: Duration
    /// How long a simulation has run when the control plane is told of it.
    package var startReportDelay: Duration
    /// When draining: how long to go on without any result being acknowledged before leaving the rest in the spool.
    package var drainGrace: Duration
    /// How many results are under way at a time.
    package var concurrentDeliveries: Int
    /// How much of one attempt's telemetry may wait in the spool, in bytes; what is more goes with the result.
    package var chunkBytesPerAttempt: Int
    package var backoff: Backoff
    /// Between two looks at what keeps this runner from taking jobs.
    package var conditionInterval: Duration
    package var keepOutputs: KeepOutputs
    /// How batches' buckets are reached; nil means as the environment says.
    package var objectStore: S3Configuration?

    package init(
        claimWait: Duration = .seconds(20), startReportDelay: Duration = .milliseconds(100),
        drainGrace: Duration = .seconds(20), concurrentDeliveries: Int = 8, chunkBytesPerAttempt: Int = 256 << 20,
        backoff: Backoff = Backoff(), conditionInterval: Duration = .seconds(1), keepOutputs: KeepOutputs = .always, objectStore: S3Configuration? = nil
    ) {
        self.claimWait = claimWait
        self.startReportDelay = startReportDelay
        self.drainGrace = drainGrace
        self.concurrentDeliveries = concurrentDeliveries
        self.chunkBytesPerAttempt = chunkBytesPerAttempt
        self.backoff = backoff
        self.conditionInterval = conditionInterval
        self.keepOutputs = keepOutputs
        self.objectStore = objectStore
    }

    /// How long one claim may wait: not long where it leaves a type out (`typeSlots`), whose jobs may end meanwhile and make
    /// room for others that are queued.
    func wait(ofClaimFor typeSlots: [String: Int]?) -> Duration {
        typeSlots?.values.contains(0) == true ? min(claimWait, .seconds(1)) : claimWait
    }
}

/// What of an attempt stays on the runner's disk once its files have been uploaded and its result is acknowledged.
package enum KeepOutputs: String, CaseIterable, Sendable {
    case always
    /// Only files of attempts that did not succeed are kept.
    case failed
    case never

    func keeps(successful: Bool) -> Bool {
        switch self {
        case .always: true
        case .failed: !successful
        case .never: false
        }
    }
}

extension KeepOutputs: YAMLRenderable {
    var yaml: String { rawValue.yaml }
}

/// Who this runner is to the control plane.
package struct RunnerIdentity: Hashable, Sendable {
    /// Stays over restarts; see `StateDirectory.runnerID`.
    package var runnerID: String
    /// One per process.
    package var sessionID: String
    /// For people; the machine's name, unless configured.
    package var name: String
    /// Version of runner-host.
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
