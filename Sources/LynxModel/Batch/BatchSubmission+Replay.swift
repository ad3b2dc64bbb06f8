extension BatchSubmission {
    /// A batch whose runs all repeat one run of this one: they have its parameters, seed and index.
    ///
    /// - Parameters:
    ///   - run: the configuration of that run.
    ///   - times: how many runs the batch has.
    package func repeating(_ run: RunConfiguration, times: Int) -> BatchSubmission {
        var config = config
        config.simulation = run.simulation
        config.monteCarlo = MonteCarloSpec(
            runs: times, samplingMethod: .monteCarlo, seed: config.monteCarlo.seed.map { $0 & ((1 << 53) - 1) } ?? 0,
            replay: ReplaySpec(runIndex: run.runIndex, seed: run.seed))
        config.dispersions = Dictionary(
            uniqueKeysWithValues: run.parameters.map { name, value in
                (name, Dispersion(distribution: .constant(value), units: run.units[name] ?? ""))
            })
        config.correlation = nil
        // Every run is wanted. Requirements stay, as they may be outputs of a run too.
        config.stop = nil
        config.compute.maxRetries = 0
        return BatchSubmission(name: "replay of \(name), run \(run.runIndex)", config: config)
    }
}
