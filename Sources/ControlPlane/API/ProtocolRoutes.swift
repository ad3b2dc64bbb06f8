import FoundationEssentials
import Hummingbird
import LynxModel
import LynxTelemetry

/// What runners call; see `RunnerProtocol`.
extension API {
    var protocolRoutes: [Route] {
        [
            on(.register, register),
            on(.claim, claim),
            on(.heartbeat, heartbeat),
            on(.leave) { leave, _, context in
                try await ledger.leave(leave)
                context.logger.runnerLeft(leave)
            },
            on(.reportStarted) { report, _, context in try await ledger.started(jobID: try context.id(.job), report) },
            on(.reportResult, result),
            on(.reportResults, results),
            on(.retractResults) { retraction, _, context in
                try retraction.check()
                let jobs = try await ledger.retract(retraction)
                context.logger.resultsRetracted(retraction, jobs: jobs)
            },
        ]
    }

    private static let longestWait = 60.0

    /// How long a call may be held that asks for `seconds`.
    static func wait(_ seconds: Double?) -> Double {
        guard let seconds, seconds.isFinite else { return 0 }
        return min(max(seconds, 0), longestWait)
    }

    @Sendable private func register(
        _ registration: RegisterRequest, _ request: Request, _ context: APIContext
    ) async throws -> RegisterResponse {
        try registration.check()
        try context.caller.check(registration.capabilities)
        try registration.offer?.check(for: context.caller)
        try await ledger.register(registration, tenant: context.caller.tenant)
        context.logger.runnerRegistered(registration)
        return RegisterResponse(
            leaseSeconds: configuration.leaseSeconds, heartbeatIntervalSeconds: configuration.heartbeatIntervalSeconds,
            protocolVersion: RunnerProtocol.version, artifactUpload: artifacts != nil && configuration.takesJobFiles)
    }

    /// Waits for work where there is none; ends early when the runner hangs up or the control plane shuts down.
    @Sendable private func claim(_ wanted: ClaimRequest, _ request: Request, _ context: APIContext) async throws -> ClaimResponse {
        var claim = wanted
        guard claim.slots >= 1 else { throw Problem.invalid("slots", "must be 1 or more") }
        let wait = Self.wait(claim.waitSeconds)
        let deadline = ledger.clock.now().addingTimeInterval(wait)
        let peerGone = connections.peerGone(context.channel)
        while true {
            if let peerGone, peerGone.isSilenced { return ClaimResponse(jobs: []) }
            let strokes = ledger.work.strokes
            let response = try await ledger.claim(claim)
            context.logger.jobsClaimed(response.jobs, by: claim)
            if !response.jobs.isEmpty { ledger.metrics.add(response.jobs.count, to: .claims) }
            if !response.jobs.isEmpty || response.drain || ledger.clock.now() >= deadline || ledger.work.isSilenced {
                return response
            }
            // True when the call came; by now the runner may have called again, and been given more.
            claim.held = nil
            await ledger.metrics.holding(context.template ?? "") {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await ledger.work.wait(after: strokes, until: deadline, clock: ledger.clock) }
                    if let peerGone { group.addTask { await peerGone.wait(after: peerGone.strokes) } }
                    await group.next()
                    group.cancelAll()
                }
            }
            try Task.checkCancellation()
        }
    }

    @Sendable private func result(_ report: AttemptReport, _ request: Request, _ context: APIContext) async throws {
        let jobID = try context.id(.job)
        guard report.jobID == jobID else {
            throw Problem.invalid("result.job_id", "is '\(report.jobID)', but the call is for '\(jobID)'")
        }
        try report.check()
        try await ledger.ended(jobID: jobID, report)
        note(report, context)
    }

    private func note(_ report: AttemptReport, _ context: APIContext) {
        ledger.metrics.add(to: .reports, report.outcome.rawValue)
        context.logger.attemptEnded(report)
    }

    /// Each report of the group is answered as if it had come alone; but a body that says anything wrong is refused whole.
    @Sendable private func results(_ group: ResultGroup, _ request: Request, _ context: APIContext) async throws -> ResultGroupAnswer {
        guard (1...ResultGroup.mostReports).contains(group.reports.count) else {
            throw Problem.invalid("reports", "must have 1 to \(ResultGroup.mostReports) entries")
        }
        for (index, report) in group.reports.enumerated() {
            guard report.runnerID == group.runnerID else {
                throw Problem.invalid("reports[\(index)].runner_id", "is '\(report.runnerID)', but the group is of '\(group.runnerID)'")
            }
            try report.check(as: "reports[\(index)].")
        }
        let errors = try await ledger.ended(group.reports, runnerID: group.runnerID)
        let items = zip(group.reports, errors).map { report, error in
            if error == nil { note(report, context) }
            return ResultGroupAnswer.Item(
                jobID: report.jobID, attempt: report.attempt,
                problem: error.map { Problem.answer(to: request, $0, context.logger) })
        }
        return ResultGroupAnswer(results: items)
    }
}

extension AttemptReport {
    /// - Parameter place: of the report in the body, before the names of its fields.
    /// - Throws: a `Problem` that names the field.
    fileprivate func check(as place: String = "") throws {
        guard outcome != .retracted else {
            throw Problem.invalid("\(place)result.metadata.outcome", "must not be 'retracted': that is the control plane's word")
        }
        if let basis = result.metadata.basis { try Retraction.check(basis: basis, as: "\(place)result.metadata.basis") }
        try checkRecords(as: place)
        if let telemetryChunks, !(0...Int(Int32.max)).contains(telemetryChunks) {
            throw Problem.invalid("\(place)telemetry_chunks", "must be 0 or more, and no more than \(Int32.max)")
        }
        for (name, series) in result.telemetryData {
            guard series.timeS.count == series.values.count else {
                throw Problem.invalid("\(place)result.telemetry_data.\(name)", "has \(series.timeS.count) times for \(series.values.count) values")
            }
            guard telemetryTail?[name]?.isValid(count: series.values.count) ?? true else {
                throw Problem.invalid(
                    "\(place)telemetry_tail.\(name)", "must have a step that is a power of 2, and a first_point that is a multiple of it")
            }
        }
    }
}

extension Retraction {
    /// - Throws: a `Problem` that names the field.
    fileprivate func check() throws {
        try Self.check(basis: basis, as: "basis")
        guard reason.utf8.count <= Self.mostReasonBytes else {
            throw Problem.invalid("reason", "may have at most \(Self.mostReasonBytes) bytes")
        }
    }

    fileprivate static func check(basis: String, as field: String) throws {
        guard (1...mostBasisBytes).contains(basis.utf8.count) else {
            throw Problem.invalid(field, "must have 1 to \(mostBasisBytes) bytes")
        }
    }
}

extension RegisterRequest {
    /// - Throws: a `Problem` that names the field that makes no runner.
    fileprivate func check() throws {
        for (field, id) in [("runner_id", runnerID), ("session_id", sessionID)] where !(1...128).contains(id.utf8.count) {
            throw Problem.invalid(field, "must have 1 to 128 characters")
        }
        if let machine, machine.utf8.count > 512 { throw Problem.invalid("machine", "must have at most 512 bytes") }
        guard capabilities.maxConcurrentJobs >= 1 else {
            throw Problem.invalid("capabilities.max_concurrent_jobs", "must be 1 or more")
        }
        guard capabilities.supportedSimulationTypes.count <= 256 else {
            throw Problem.invalid("capabilities.supported_simulation_types", "may have at most 256 entries")
        }
        try engines.check()
    }
}

extension [RunnerEngine] {
    /// - Throws: a `Problem` that names what can't be kept with a runner.
    func check() throws {
        guard count <= Self.most else { throw Problem.invalid("engines", "may have at most \(Self.most) entries") }
        for (index, engine) in enumerated() {
            let workers = engine.warmWorkers ?? []
            let field = "engines[\(index)].warm_workers"
            guard workers.count <= Self.most else { throw Problem.invalid(field, "may have at most \(Self.most) entries") }
            if let wrong = workers.firstIndex(where: { $0.jobsStarted < 0 }) {
                throw Problem.invalid("\(field)[\(wrong)].jobs_started", "must be 0 or more")
            }
            for (number, worker) in workers.enumerated() {
                if let name = Self.negative(in: worker) { throw Problem.invalid("\(field)[\(number)].\(name)", "must be 0 or more") }
            }
            if let wrong = workers.firstIndex(where: { $0.leftOut?.count ?? 0 > Self.most }) {
                throw Problem.invalid("\(field)[\(wrong)].left_out", "may have at most \(Self.most) entries")
            }
        }
    }

    /// The field of what a worker saves that no worker can have.
    private static func negative(in worker: WarmWorker) -> String? {
        if worker.modules ?? 0 < 0 { return "modules" }
        if worker.modulesWarm ?? 0 < 0 { return "modules_warm" }
        if worker.importSeconds ?? 0 < 0 { return "import_seconds" }
        if worker.importSecondsWarm ?? 0 < 0 { return "import_seconds_warm" }
        return (worker.leftOut ?? []).firstIndex { $0.seconds < 0 }.map { "left_out[\($0)].seconds" }
    }

    private static var most: Int { 64 }
}
