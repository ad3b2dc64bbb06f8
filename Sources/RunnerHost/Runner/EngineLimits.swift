/// How many jobs of each engine may run at the same time, beside what the runner allows in all.
package struct EngineLimits: Hashable, Sendable {
    private let engines: [String]
    private let limits: [String: Int]

    /// - Parameters:
    ///   - engines: their ids.
    ///   - limits: by engine id; engines that are absent have none.
    package init(engines: [String], limits: [String: Int]) {
        self.engines = engines
        self.limits = limits.filter { engines.contains($0.key) }
    }

    /// What may run in all, where the runner allows `capacity`.
    func capacity(_ capacity: Int) -> Int {
        limits.count == engines.count && !engines.isEmpty ? min(capacity, limits.values.reduce(0, +)) : capacity
    }

    /// Which engine a simulation type is counted for: a single one takes whatever this runner takes.
    func engine(for simulationType: String) -> String? {
        engines.count == 1 ? engines[0] : engines.first { $0 == simulationType }
    }

    /// Whether one more may run where `running` of that type's engine do.
    func hasRoom(for simulationType: String, running: Int) -> Bool {
        engine(for: simulationType).flatMap { limits[$0] }.map { running < $0 } ?? true
    }

    /// How many more of each limited simulation type may be claimed, where so many are held by engine id; nil when no type is
    /// limited. A single engine's limit is part of the capacity.
    ///
    /// - Parameter closed: engines that start no jobs now.
    func typeSlots(held: [String: Int], without closed: Set<String> = []) -> [String: Int]? {
        guard engines.count > 1, !limits.isEmpty || !closed.isEmpty else { return nil }
        let slots = limits.map { ($0.key, max(0, $0.value - (held[$0.key] ?? 0))) } + closed.map { ($0, 0) }
        return Dictionary(slots) { min($0, $1) }
    }

    /// Whether there is an engine left that starts jobs.
    func canServe(without closed: Set<String>) -> Bool { engines.isEmpty || engines.contains { !closed.contains($0) } }
}
