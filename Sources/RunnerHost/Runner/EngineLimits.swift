/// The number of jobs of each engine that may run at the same time, besides the runner's overall limit.
package struct EngineLimits: Hashable, Sendable {
    private let engines: [String]
    private let limits: [String: Int]

    /// - Parameters:
    ///   - engines: the engines' ids.
    ///   - limits: the limits by engine id; engines that are absent have none.
    package init(engines: [String], limits: [String: Int]) {
        self.engines = engines
        self.limits = limits.filter { engines.contains($0.key) }
    }

    /// The number of jobs that may run in all if the runner allows `capacity`.
    func capacity(_ capacity: Int) -> Int {
        limits.count == engines.count && !engines.isEmpty ? min(capacity, limits.values.reduce(0, +)) : capacity
    }

    /// The engine whose limit a simulation type counts for: a single engine runs all types of this runner.
    func engine(for simulationType: String) -> String? {
        engines.count == 1 ? engines[0] : engines.first { $0 == simulationType }
    }

    /// Whether one more job may run while `running` jobs of that type's engine do.
    func hasRoom(for simulationType: String, running: Int) -> Bool {
        engine(for: simulationType).flatMap { limits[$0] }.map { running < $0 } ?? true
    }

    /// How many more jobs of each limited simulation type may be claimed, given the number held by engine id; nil if no type is
    /// limited. A single engine's limit is part of the capacity.
    ///
    /// - Parameter closed: the engines that cannot start jobs at present.
    func typeSlots(held: [String: Int], without closed: Set<String> = []) -> [String: Int]? {
        guard engines.count > 1, !limits.isEmpty || !closed.isEmpty else { return nil }
        let slots = limits.map { ($0.key, max(0, $0.value - (held[$0.key] ?? 0))) } + closed.map { ($0, 0) }
        return Dictionary(slots) { min($0, $1) }
    }

    /// Whether any engine can start jobs.
    func canServe(without closed: Set<String>) -> Bool { engines.isEmpty || engines.contains { !closed.contains($0) } }
}
