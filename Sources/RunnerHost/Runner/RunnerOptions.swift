import FoundationEssentials
package import ObjectStore

/// The configuration of a runner, and its further waits and limits, whose defaults suit every runner; tests shorten them.
package struct RunnerOptions: Hashable, Sendable {
    /// How long the control plane may hold a claim while there are no jobs.
    package var claimWait: Duration
    /// How long a simulation runs before its start is reported to the control plane.
    package var startReportDelay: Duration
    /// While draining, the time without any acknowledged result after which the rest is left in the spool.
    package var drainGrace: Duration
    /// The number of results under way at a time.
    package var concurrentDeliveries: Int
    /// The limit in bytes for one attempt's telemetry in the spool; the rest goes with the result.
    package var chunkBytesPerAttempt: Int
    package var backoff: Backoff
    /// The interval between two checks of the conditions that prevent this runner from claiming jobs.
    package var conditionInterval: Duration
    package var configuration: RunnerConfiguration
    /// The object store for batches' buckets; nil means the environment's settings.
    package var objectStore: S3Configuration?

    package init(
        claimWait: Duration = .seconds(20), startReportDelay: Duration = .milliseconds(100),
        drainGrace: Duration = .seconds(20), concurrentDeliveries: Int = 8, chunkBytesPerAttempt: Int = 256 << 20,
        backoff: Backoff = Backoff(), conditionInterval: Duration = .seconds(1), configuration: RunnerConfiguration = RunnerConfiguration(),
        objectStore: S3Configuration? = nil
    ) {
        self.claimWait = claimWait
        self.startReportDelay = startReportDelay
        self.drainGrace = drainGrace
        self.concurrentDeliveries = concurrentDeliveries
        self.chunkBytesPerAttempt = chunkBytesPerAttempt
        self.backoff = backoff
        self.conditionInterval = conditionInterval
        self.configuration = configuration
        self.objectStore = objectStore
    }

    /// How long one claim may be held: briefly if it excludes a type (`typeSlots`), as a job of that type may end meanwhile and
    /// make room for others in the queue.
    func wait(ofClaimFor typeSlots: [String: Int]?) -> Duration {
        typeSlots?.values.contains(0) == true ? min(claimWait, .seconds(1)) : claimWait
    }
}

/// Which of an attempt's files stay on the runner's disk once they have been uploaded and the result is acknowledged.
package enum KeepOutputs: String, CaseIterable, Sendable {
    case always
    /// Only the files of attempts that did not succeed are kept.
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

/// The identity of this runner for the control plane.
package struct RunnerIdentity: Hashable, Sendable {
    /// An id that persists over restarts; see `StateDirectory.runnerID`.
    package var runnerID: String
    /// An id that is new in each process.
    package var sessionID: String
    /// The name shown to users: the machine's name unless configured.
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
