import EventLoop
import FoundationEssentials
import Glibc
import LynxModel
import Synchronization
import TelemetryServer

/// The simulation of an attempt: directory, telemetry endpoint, engine, launch, watchdog, end, collection. The outcome of each
/// step is recorded in the report.
extension Attempt {
    /// Runs the simulation to the end of its last process and collects its files.
    func simulate(on runner: RunnerService) async {
        let host = runner.host
        do {
            let scenario = try namedScenario(host)
            let threads = try host.threads(for: simulationType)
            report { $0.engine = threads.engine }
            host.simulations.add(1, ordering: .relaxed)
            defer { host.simulations.subtract(1, ordering: .relaxed) }
            do {
                try await simulate(scenario, with: threads, on: runner)
            } catch {
                failed(error)
            }
            await judge(threads.engine, scenario, host)
        } catch let problem as ConditionProblem {
            report { $0.lost(.trouble, problem.message) }
        } catch {
            report { $0.failed(error) }
        }
    }

    private var hasImage: Bool { assignment.container?.image != nil }

    /// The scenario that the job names; nil for the default of its engine.
    ///
    /// - Throws: `ConditionProblem` if this runner does not have it any more: the configuration was read again since it was told
    ///   to the control plane.
    private func namedScenario(_ host: SimulationHost) throws -> NamedScenario? {
        let simulation = assignment.runConfig.simulation
        if let name = simulation.scenario {
            guard let scenario = host.scenarios[name] else { throw ConditionProblem("this runner has no scenario '\(name)' any more") }
            if let reason = scenario.needsImage, !hasImage {
                throw ConditionProblem("this runner runs the scenario '\(name)' only in container images: \(reason)")
            }
            return scenario
        }
        if simulation.bundle == nil, !host.scenarios.hasDefault(for: simulationType) {
            throw ConditionProblem("this runner has no default scenario of '\(simulationType)'; name one with simulation.scenario")
        }
        return nil
    }

    /// Creates the attempt's directory, which is on record while processes may run in it.
    private func simulate(_ scenario: NamedScenario?, with threads: EngineThreads, on runner: RunnerService) async throws {
        let (host, engine, library) = (runner.host, threads.engine.id, threads.engine)
        let (directory, found): (AttemptDirectory, ProvenanceRecorder.Found)
        do {
            (directory, found) = try await host.disk.run(CallPatience(RunnerConditions.patience), late: { _ in }) { [host, key, assignment] in
                // A named scenario is not held up by what only the default needs.
                let problem = scenario.map { $0.problem } ?? host.conditions.check(engine)
                if let problem { throw problem }
                let directory = try AttemptDirectory(assignment, under: host.outputRoot)
                try host.records.add(key, directory)
                return (directory, host.provenance(of: library, scenario: scenario))
            }
        } catch let problem as ConditionProblem {
            return report { $0.lost(.trouble, problem.message) }
        } catch is CallLeftBehind {
            return report { $0.lost(.trouble, host.conditions.doesNotAnswer(engine).message) }
        }
        defer { host.disk.start { [records = host.records, key] in records.remove(key) } }
        report { report in
            report.directory = directory.path
            report.provenance = found.provenance
        }
        // Asked beside the simulation, where it is not known yet.
        async let interpreter =
            found.asksInterpreter && assignment.runConfig.simulation.bundle == nil && !hasImage
            ? await host.interpreter(of: library, scenario: scenario) : nil
        do {
            if let bundle = assignment.runConfig.simulation.bundle {
                try await simulate(bundle, in: directory, with: threads, on: runner)
            } else {
                try await simulate(in: directory, scenario, with: threads, on: runner)
            }
        } catch {
            failed(error)
        }
        if let answer = await interpreter { report { $0.provenance?.interpreter = answer } }
        // Processes that still run need the directory; the next start of the runner removes it.
        guard report({ $0.mayBeReleased }) else { return }
        let warning = try? await host.disk.run(CallPatience(RunnerConditions.patience), late: { _ in }) { directory.removeTemporary() }
        if let warning { report { $0.warnings.append(warning) } }
    }

    /// Makes the code that the batch brings along ready, and runs it.
    private func simulate(_ bundle: BundleSpec, in directory: AttemptDirectory, with threads: EngineThreads, on runner: RunnerService) async throws {
        guard let (ready, scenario) = await bundleScenario(bundle, in: directory, with: threads.engine, on: runner) else { return }
        defer { runner.host.bundles?.release(ready) }
        let found = try? await runner.host.disk.run(CallPatience(RunnerConditions.patience), late: { _ in }) { [host = runner.host] in
            host.provenance(of: threads.engine, scenario: scenario)
        }
        report { report in
            if let found { report.provenance = found.provenance }
            // The settings name places on this machine; what they say is the bundle's.
            report.provenance?.files["scenario"] = nil
            report.provenance?.files["bundle"] = bundle.sha256
        }
        async let interpreter = found?.asksInterpreter == true && !hasImage ? await runner.host.interpreter(of: threads.engine, scenario: scenario) : nil
        do {
            try await simulate(in: directory, scenario, code: ready.root, with: threads, on: runner)
        } catch let error as EngineFailure {
            failed(error.named(in: bundle, threads.engine.declaration))
        } catch {
            failed(error)
        }
        if let answer = await interpreter { report { $0.provenance?.interpreter = answer } }
    }

    /// Opens the telemetry endpoint and registers the attempt for its engine's calls.
    ///
    /// - Parameter code: the folder with the code that the batch brings along; nil if it brings none.
    private func simulate(
        in directory: AttemptDirectory, _ scenario: NamedScenario?, code: String? = nil, with threads: EngineThreads, on runner: RunnerService
    ) async throws {
        let host = runner.host
        let telemetry = AttemptTelemetry(self, maxPoints: host.configuration.telemetryMaxPoints, TelemetryChunks(self, runner))
        let endpoint = try await host.telemetry.openEndpoint(allowedUID: geteuid(), makeSink: telemetry.makeSink)
        let logger = host.logger(of: assignment, engine: threads.engine.id)
        let token = host.table.register(logger) { endpoint.accept($0) }
        defer {
            let basis = host.table.basis(of: token)
            report { $0.basis = basis }
            host.table.forget(token)
        }
        do {
            guard
                let confined = try await confine(
                    scenario, code: code, in: directory, with: threads.engine, telemetryURL: endpoint.url, on: runner)
            else {
                if let cause { report { $0.neverStarted("stopped while its container image was being made ready", cause) } }
                _ = await endpoint.finish()
                return
            }
            if let image = confined.image {
                report { report in
                    report.provenance?.files["image"] = image.id
                    // The one that was found is this machine's, and not the image's.
                    report.provenance?.interpreter = nil
                }
            }
            let calls = EngineCalls(self, threads, host, directory, logger, settings: confined.settings, confinement: confined.confinement)
            let job: EngineJob
            do {
                job = try await calls.prepare(token, telemetryURL: endpoint.url)
            } catch {
                _ = await release(confined, in: directory, on: host)
                throw error
            }
            let limits = ResourceLimits()
            let process = await launch(job, calls)
            let startedAt = process == nil ? nil : Date()
            // This ends with the scope: from then on the result carries the time of the start.
            async let _ = tellStart(startedAt, to: runner)
            if let process { await waitForEnd(of: job, process, calls) }
            let ending = await release(confined, in: directory, on: host)
            await calls.settleTelemetry()
            let observed = await telemetry.finish(endpoint)
            let (cause, isThrough) = await ended()
            let wasAsked = wasAsked
            report { report in
                report.observed(observed)
                report.stopped(by: cause, wasAsked: wasAsked)
            }
            guard isThrough else { return calls.terminateHangs() }
            await finish(job, calls, limits, ending, runner)
        } catch {
            _ = await endpoint.finish()
            throw error
        }
    }

    /// Nil if the attempt was stopped before, or the launch failed.
    private func launch(_ job: EngineJob, _ calls: EngineCalls) async -> EngineJob.Process? {
        if isStopped { return nil }
        do {
            let (process, began) = try await calls.launch(job)
            report { $0.launched(at: began) }
            calls.host.conditions.started(calls.engine)
            log.started()
            return process
        } catch {
            report { $0.failed(error) }
            return nil
        }
    }

    /// Waits until the last process of the simulation has ended.
    private func waitForEnd(of job: EngineJob, _ process: EngineJob.Process, _ calls: EngineCalls) async {
        do {
            try await ProcessEnd(loop: calls.host.loop).wait(
                process.exitDescriptor, timeout: assignment.timeoutSecs, onTimeout: { [self] in stop(.timeout) }, whenOverdue: whenOverdue)
            report { $0.processEnded() }
        } catch let error as ProcessesRemain {
            report { $0.remain(error) }
            calls.abandon(job, process)
        } catch {
            // A simulation whose end cannot be detected must not be left running.
            stop(.lost, atOnce: true)
            report { $0.failed(error) }
        }
    }

    /// Reaps the simulation, ends processes that outlived the engine's clean-up, frees the slot and collects the files. The job
    /// is released in any case.
    private func finish(
        _ job: EngineJob, _ calls: EngineCalls, _ limits: ResourceLimits, _ ending: ConfinedAttempt.Ending, _ runner: RunnerService
    ) async {
        guard report({ $0.mayBeReleased }) else { return }
        guard report({ $0.hasEnded }) else { return await calls.release(job) }
        do {
            let exit = try await calls.reap(job).map { exit in
                var exit = exit
                // The size of the program that confines the simulation says nothing of the simulation's.
                if ending.hasLauncher { exit.maxRSSBytes = ending.peakBytes }
                return exit
            }
            let wasKilled = wasKilled
            report { report in
                report.exited(exit)
                if case .success(let exit) = exit { report.explain(limits.finding(exit, wasKilled: wasKilled, ending)) }
                report.warnings += ending.warnings
            }
            let strays = await calls.endStrays()
            report { $0.warnings += strays.warnings(wasKilled: wasKilled) }
            runner.monitor.with { $0.running.over(key) }
            let files = try await calls.collect(job)
            report { $0.collected(files) }
            await collectOutputs(calls)
        } catch {
            // The call is still inside the engine, which releases the job when it returns.
            return failed(error)
        }
        await calls.release(job)
    }

    /// Reads the run's scalar results. If the disk does not respond, only these are lost.
    private func collectOutputs(_ calls: EngineCalls) async {
        let draft = report { $0 }
        do {
            let outcome = try await calls.host.disk.run(CallPatience(RunnerConditions.patience), late: { _ in }) { draft.readOutputs() }
            report { $0.gave(outcome) }
        } catch {
            report { $0.warnings.append("outputs: the disk did not answer in time; they are missing") }
        }
    }

    private func failed(_ error: any Error) {
        let (cause, wasAsked) = (cause, wasAsked)
        report { report in
            report.stopped(by: cause, wasAsked: wasAsked)
            report.failed(error)
        }
    }

    /// Determines whether a failure was caused by the machine rather than the job.
    private func judge(_ engine: EngineLibrary, _ scenario: NamedScenario?, _ host: SimulationHost) async {
        guard !isStopped, report({ $0.isFailure }) else { return }
        let isAlone = host.simulations.load(ordering: .relaxed) <= 1
        if let scenario {
            let missing = try? await host.disk.run(CallPatience(RunnerConditions.patience), late: { _ in }) { scenario.problem }
            if let problem = missing ?? nil { return report { $0.lost(.trouble, problem.message) } }
        }
        if let problem = await host.conditions.problem(of: engine.id) {
            // A job that has run may have filled the disk itself, unless other jobs ran beside it.
            report { report in
                let isTheJobs = report.hasStarted && isAlone && problem.isOfRoom
                report.lost(isTheJobs ? .machine : .trouble, problem.message)
            }
        } else if let reason = report({ $0.machineReason }) {
            report { $0.lost(.machine, reason) }
            host.conditions.machineFailed(engine.id, reason)
        }
    }
}
