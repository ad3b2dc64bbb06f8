import EventLoop
import Glibc
import LynxModel
import Support

/// The code that an attempt's batch brings along.
extension Attempt {
    /// Makes the bundle's code ready, unless the attempt is stopped before that is done.
    ///
    /// - Returns: the code, and the scenario that it is; nil after a failure, which is reported.
    func bundleScenario(
        _ bundle: BundleSpec, in directory: AttemptDirectory, with engine: EngineLibrary, on runner: RunnerService
    ) async -> (ready: BundleStore.Ready, scenario: NamedScenario)? {
        let host = runner.host
        do {
            guard let bundles = host.bundles, host.scenarios.takesBundles(for: engine.id) else {
                throw BundleError(.refused, "this runner does not run code that comes with a batch any more: allow_bundles is false")
            }
            if let problem = engine.declaration?.problem(withBatch: bundle.options) { throw EngineFailure(kind: .invalid, message: problem) }
            guard let ready = try await untilStopped(on: runner, { try await bundles.prepare(bundle) }) else {
                if let cause { report { $0.neverStarted("stopped while the code of its bundle was being made ready", cause) } }
                return nil
            }
            do {
                try keep(ready.log, in: directory)
                return (ready, try scenario(of: bundle, ready, engine, host))
            } catch {
                bundles.release(ready)
                throw error
            }
        } catch let error as BundleError {
            try? keep(error.log, in: directory)
            report { $0.failed(error) }
            // Another runner may have the content, or be better off; this one tries again after a pause.
            if error.kind == .delivery { host.conditions.machineFailed(engine.id, error.description) }
        } catch let error as EngineFailure {
            report { $0.failed(error.named(in: bundle, engine.declaration)) }
        } catch {
            report { $0.failed(error) }
        }
        return nil
    }

    private func scenario(
        of bundle: BundleSpec, _ ready: BundleStore.Ready, _ engine: EngineLibrary, _ host: SimulationHost
    ) throws -> NamedScenario {
        let spec = ScenarioSpec(bundle, root: ready.root, environment: ready.environment, engine: engine.id)
        return NamedScenario(
            name: "bundle", engine: engine.id, settings: try host.settings(of: spec, for: engine), spec: spec,
            isSandboxed: host.confinements?.sandboxesByDefault ?? false)
    }

    /// What installing and building printed, beside the logs of the simulation.
    private func keep(_ log: [UInt8], in directory: AttemptDirectory) throws {
        guard !log.isEmpty else { return }
        let path = "\(directory.path)/\(LocalFiles.buildLog)"
        do throws(FileError) {
            try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC).write(log, to: path)
        } catch {
            throw BundleError(error)
        }
    }

    /// Nil if the attempt is stopped before `body` has ended, which is then cancelled.
    func untilStopped<Value: Sendable>(
        on runner: RunnerService, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        whenStopped { [monitor = runner.monitor] in monitor.with { _ in } }
        defer { whenStopped(nil) }
        return try await withThrowingTaskGroup(of: Value?.self) { [self] group in
            group.addTask { try await body() }
            group.addTask { [monitor = runner.monitor] in
                try await monitor.wait { _ in self.isStopped }
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
