/// The engines this runner was asked to serve, and which of them takes a job.
package struct EngineSelection: Sendable {
    package let engines: [EngineLibrary]
    private let tags: Set<String>

    /// - Parameter capabilities: tags beyond the engines' ids; with a single engine its jobs may name any of them.
    package init(_ engines: [EngineLibrary], capabilities: [String]) {
        self.engines = engines
        tags = Set(capabilities)
    }

    func engine(for simulationType: String) throws(EngineFailure) -> EngineLibrary {
        if let engine = engines.first(where: { $0.id == simulationType }) { return engine }
        if engines.count == 1, tags.contains(simulationType) { return engines[0] }
        let served = engines.map(\.id).joined(separator: ", ")
        throw EngineFailure(kind: .invalid, message: "simulation.type '\(simulationType)' is served by no engine of this runner; it has \(served)")
    }
}
