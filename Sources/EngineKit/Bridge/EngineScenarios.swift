import EngineABI
import Synchronization

/// The object that `lynx_engine.context` points to: one engine for the scenario of the runner's configuration, and one for each
/// scenario that jobs came with lately.
final class EngineScenarios: Sendable {
    typealias Creation = @Sendable (EngineSettings) throws(EngineError) -> any Engine

    private struct State {
        /// Those of `configure`; nil before it.
        var settings: EngineSettings?
        /// Nil if the configuration names nothing to run.
        var standard: (any Engine)?
        /// The scenarios that jobs came with, the latest used last.
        var others: [(settings: EngineSettings, place: Place)] = []
    }

    /// One scenario's engine. It has a lock of its own, so that one that is slow to be made delays no other.
    private final class Place: Sendable {
        private let made = Mutex<(any Engine)?>(nil)

        func engine(_ create: () throws(EngineError) -> any Engine) throws(EngineError) -> any Engine {
            let result = made.withLock { made -> Result<any Engine, EngineError> in
                if let made { return .success(made) }
                return Result { () throws(EngineError) in try create() }.map { engine in
                    made = engine
                    return engine
                }
            }
            return try result.get()
        }

        /// Nil before it is made; does not wait for one that is being made.
        var present: (any Engine)? { made.withLockIfAvailable { $0 } ?? nil }
    }

    /// Each may keep processes: more of them than this are seldom in use at a time.
    private static let mostOthers = 8

    /// Nil for an engine that does not declare its configuration.
    let configuration: [ConfigurationKey]?
    private let create: Creation
    let stopsSoftly: Bool
    private let namesScenario: @Sendable (EngineSettings) -> Bool
    private let jobLimit: @Sendable (EngineSettings, _ processors: Int) -> Int?
    let confinesCommands: Bool
    private let state = Mutex(State())

    init<E: Engine>(_ type: E.Type, create: @escaping Creation) {
        stopsSoftly = E.stopsSoftly
        configuration = E.configuration
        self.create = { [configuration] settings throws(EngineError) in
            if let configuration { try settings.checkNames(configuration, engine: E.id) }
            return try create(settings)
        }
        namesScenario = { E.namesScenario($0) }
        jobLimit = { E.mostJobs($0, processors: $1) }
        confinesCommands = E.confinesCommands
    }

    func configure(_ settings: EngineSettings) throws(EngineError) {
        let standard = settings.hasScenarios && !namesScenario(settings) ? nil : try create(settings)
        standard?.start()
        state.withLock { state in
            state.standard = standard
            state.settings = settings
        }
    }

    /// Whether the configuration names something to run.
    var hasDefault: Bool { state.withLock { $0.standard != nil } }

    /// - Parameter settings: those that the job came with; nil for the configuration's.
    func engine(for settings: EngineSettings?) throws(EngineError) -> any Engine {
        guard let settings else {
            let (standard, isConfigured) = state.withLock { ($0.standard, $0.settings != nil) }
            if let standard { return standard }
            guard isConfigured else { throw EngineError(lynx_status(LYNX_E_INTERNAL), "prepare was called before configure") }
            throw .invalid("this runner has no default scenario for this engine; name one of its scenarios (simulation.scenario)")
        }
        let (place, retired) = state.withLock { state in Self.place(of: settings, in: &state) }
        retired?.retire()
        return try place.engine { () throws(EngineError) in
            let engine = try create(settings)
            engine.start()
            return engine
        }
    }

    /// Checks settings that jobs may come with.
    func check(_ settings: EngineSettings) throws(EngineError) { _ = try create(settings) }

    /// The scenario's place, and the engine that had to leave for it.
    private static func place(of settings: EngineSettings, in state: inout State) -> (Place, retired: (any Engine)?) {
        if let index = state.others.firstIndex(where: { $0.settings == settings }) {
            let entry = state.others.remove(at: index)
            state.others.append(entry)
            return (entry.place, nil)
        }
        let retired = state.others.count < mostOthers ? nil : state.others.removeFirst().place.present
        let place = Place()
        state.others.append((settings, place))
        return (place, retired)
    }

    /// The warm workers of all scenarios; empty before `configure`.
    var warmWorkers: [WarmWorker] {
        let engines = state.withLock { state in [state.standard].compactMap(\.self) + state.others.compactMap(\.place.present) }
        return engines.flatMap(\.warmWorkers)
    }

    /// Nil for any number, and before `configure`.
    func mostJobs(processors: Int) -> Int? { state.withLock { $0.settings }.flatMap { jobLimit($0, processors) } }
}
