import EventLoop
import Logging
import LynxModel
import Synchronization

/// What this runner can confine simulations with.
package final class Confinements: Sendable {
    /// Nil if it runs no container images.
    let containers: (any ContainerRuntime)?
    /// Nil if no scenario is sandboxed.
    let sandbox: Sandbox?
    /// Whether the default scenarios and bundles are sandboxed.
    let sandboxesByDefault: Bool
    /// Nil if nothing can be limited.
    let limits: LimitGroups?
    /// The settings of an engine for its default scenario.
    let defaultSettings: @Sendable (_ engine: EngineLibrary) -> [String: String]
    /// Programs that these threads start end with them, so they last as long as this object.
    let threads = CallThreads(name: "lynx-confine", most: 8)
    private let hasToldOfLimits = Atomic(false)
    private let logger: Logger

    init(
        containers: (any ContainerRuntime)? = nil, sandbox: Sandbox? = nil, sandboxesByDefault: Bool = false, limits: LimitGroups? = nil,
        logger: Logger, defaultSettings: @escaping @Sendable (_ engine: EngineLibrary) -> [String: String]
    ) {
        self.containers = containers
        self.sandbox = sandbox
        self.sandboxesByDefault = sandboxesByDefault
        self.limits = limits
        self.logger = logger
        self.defaultSettings = defaultSettings
    }

    /// Tells once that what batches request is no limit here.
    func tellNoLimits(_ reason: String) {
        guard !hasToldOfLimits.exchange(true, ordering: .relaxed) else { return }
        logger.warning("cpu_request and memory_request are not all limits on this runner", metadata: ["reason": "\(reason)"])
    }
}

/// How one attempt is confined.
struct ConfinedAttempt: Sendable {
    /// The settings that the job comes with; nil for those of the configuration.
    var settings: [String: String]?
    var confinement = JobConfinement()
    var image: ContainerImage?
    var group: LimitGroups.Group?
    var request: ResourceRequest?

    /// What came to light when the confinement ended.
    struct Ending: Sendable {
        /// Whether the kernel killed a process of the simulation because it was over the limit.
        var isOutOfMemory = false
        /// Whether the simulation was ended by SIGKILL within its container: podman does not always learn by whom.
        var wasKilledInside = false
        var limitBytes: Int64?
        var peakBytes: Int64?
        /// Whether the engine's process was not the simulation's, so that its size says nothing.
        var hasLauncher = false
        var warnings: [String] = []
    }
}
