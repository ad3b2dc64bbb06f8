import FoundationEssentials
import LynxModel

/// One runner as the ledger knows it.
struct RunnerRecord: Hashable, Sendable {
    var runnerID: String
    var sessionID: String
    var name: String
    var version: String
    var protocolVersion: String
    var capabilities: RunnerCapabilities
    var engines: [RunnerEngine]
    var offer: RunnerOffer
    var registeredAt: Instant
    var lastHeartbeatAt: Instant
    var leftAt: Instant?
    var drained: Bool
    var quarantine: Quarantine?
    var tenant: String

    var abilities: RunnerAbilities { RunnerAbilities(capabilities: capabilities, offer: offer) }

    var takesNoJobs: Bool { drained || quarantine != nil }

    /// All its engines are in trouble that is not over by itself.
    var standstill: Quarantine? {
        let troubles = engines.compactMap(\.trouble).filter { $0.retryAt == nil }
        guard !troubles.isEmpty, troubles.count == engines.count else { return nil }
        var reasons: [String] = []
        for trouble in troubles where !reasons.contains(trouble.reason) { reasons.append(trouble.reason) }
        return Quarantine(since: troubles.map(\.since).max()!, reason: reasons.joined(separator: "; "), endsByItself: true)
    }

    func isOffline(_ now: Instant, _ policy: LedgerPolicy) -> Bool { leftAt != nil || now - lastHeartbeatAt > policy.leaseMilliseconds }

    init(_ row: LedgerRow) throws {
        runnerID = try row.text("runner_id")
        sessionID = try row.text("session_id")
        name = try row.text("name")
        version = try row.text("version")
        protocolVersion = try row.text("protocol_version")
        capabilities = try WireJSON.decode(RunnerCapabilities.self, from: Data(try row.text("capabilities").utf8))
        engines = try WireJSON.decode([RunnerEngine].self, from: Data(try row.text("engines").utf8))
        offer = try RunnerOffer(row)
        registeredAt = try row.instant("registered_at") ?? 0
        lastHeartbeatAt = try row.instant("last_heartbeat_at") ?? 0
        leftAt = try row.instant("left_at")
        drained = try row.bool("drained")
        quarantine = try row.instant("quarantined_at").map { since in
            Quarantine(since: Date(instant: since), reason: try row.optionalText("quarantine_reason") ?? "")
        }
        tenant = try row.text("tenant")
    }

    func model(currentJobs: [String], now: Instant, policy: LedgerPolicy) -> Runner {
        let quarantine = quarantine ?? standstill
        let status: RunnerStatus =
            if isOffline(now, policy) {
                .offline
            } else if drained || quarantine != nil {
                .maintenance
            } else {
                currentJobs.isEmpty ? .idle : .busy
            }
        // Nobody knows what a runner keeps that is not heard of.
        let engines = status == .offline ? engines.map { RunnerEngine(id: $0.id, version: $0.version) } : engines
        return Runner(
            runnerID: runnerID, name: name, status: status, capabilities: capabilities, engines: engines, version: version,
            protocolVersion: protocolVersion, registeredAt: Date(instant: registeredAt), lastHeartbeatAt: Date(instant: lastHeartbeatAt),
            currentJobs: currentJobs,
            quarantine: quarantine, offer: offer)
    }
}

extension RunnerOffer {
    /// Of a row of `runners`.
    init(_ row: LedgerRow) throws {
        self = try row.optionalText("offer").map { try WireJSON.decode(RunnerOffer.self, from: Data($0.utf8)) } ?? RunnerOffer()
    }

    var stored: LedgerValue {
        get throws { .text(String(decoding: try WireJSON.encode(self), as: UTF8.self)) }
    }
}

extension Ledger {
    /// Begins a session. What the runner's earlier sessions left unreported is lost at once.
    ///
    /// - Throws: `LedgerError.noSuchRunner` if the id is that of another tenant's runner.
    func register(_ request: RegisterRequest, tenant: String = Tenant.standard) async throws {
        guard RunnerProtocol.understands(request.protocolVersion) else {
            throw LedgerError.incompatibleRunner(protocolVersion: request.protocolVersion)
        }
        let capabilities = String(decoding: try WireJSON.encode(request.capabilities), as: UTF8.self)
        let engines = String(decoding: try WireJSON.encode(request.engines), as: UTF8.self)
        let offer = try request.offer?.stored ?? .null
        try await transaction(WriteScope(runner: request.runnerID)) { transaction in
            if let owner = try transaction.connection.row(SQL.runner, [.text(request.runnerID)])?.text("tenant"), owner != tenant {
                throw LedgerError.noSuchRunner(request.runnerID)
            }
            let replaced = try transaction.sessionReplaced(by: request)
            try transaction.loseJobs(
                of: request.runnerID, message: "runner '\(request.runnerID)' was restarted", as: { .restart(attempts: $0) }
            ) {
                $0.sessionID != request.sessionID
            }
            try transaction.connection.send(
                SQL.saveRunner,
                [
                    .text(request.runnerID), .text(request.sessionID), .text(request.name), .text(request.version),
                    .text(request.protocolVersion), .text(capabilities), .text(engines), .instant(transaction.now),
                    .instant(transaction.now), .text(tenant), .text(request.machine), .text(replaced), offer,
                ])
        }
    }

    /// Ends a session: what it left unreported is lost at once.
    func leave(_ request: LeaveRequest) async throws {
        try await transaction(WriteScope(runner: request.runnerID)) { transaction in
            _ = try transaction.runner(request.runnerID, session: request.sessionID)
            try transaction.loseJobs(of: request.runnerID, message: "runner '\(request.runnerID)' was stopped") { _ in true }
            try transaction.connection.send(SQL.runnerLeft, [.instant(transaction.now), .text(request.runnerID)])
        }
    }

    /// Stops or resumes handing out jobs to a runner. Jobs in flight run out. Resuming lifts a quarantine too.
    func setDrained(_ drained: Bool, runnerID: String) async throws -> Runner {
        try await transaction(WriteScope(runner: runnerID)) { transaction in
            _ = try transaction.runner(runnerID)
            try transaction.connection.send(drained ? SQL.drainRunner : SQL.resumeRunner, [.text(runnerID)])
            // A drained runner's long polls are to end as well.
            transaction.announceWork()
            transaction.call(runnerID)
        }
        return try await runner(runnerID)
    }

    func runner(_ runnerID: String) async throws -> Runner {
        try await read { [policy] connection, now in
            guard let row = try connection.row(SQL.runner, [.text(runnerID)]) else { throw LedgerError.noSuchRunner(runnerID) }
            let jobs = try connection.rows(SQL.jobsOfRunner, [.text(runnerID)]).map { try JobRecord($0).key.jobID }
            return try RunnerRecord(row).model(currentJobs: jobs, now: now, policy: policy)
        }
    }
}

extension LedgerTransaction {
    /// The session that ends with this registration; nil if there is none.
    ///
    /// A process that was started again is on the machine of the one before, where only one can have the id. On another
    /// machine it may be a copy, as long as the one before may be alive; and a session that was replaced and comes back is.
    ///
    /// - Throws: `LedgerError.runnerElsewhere`, `sessionReplaced`.
    fileprivate func sessionReplaced(by request: RegisterRequest) throws -> String? {
        guard let row = try connection.row(SQL.runner, [.text(request.runnerID)]) else { return nil }
        let session = try row.text("session_id")
        if session == request.sessionID { return nil }
        if try row.optionalText("replaced_session") == request.sessionID { throw LedgerError.sessionReplaced(runnerID: request.runnerID) }
        let silentFor = now - (try row.instant("last_heartbeat_at") ?? 0)
        let leaseLeft = policy.leaseMilliseconds - silentFor
        if let machine = try row.optionalText("machine"), let here = request.machine, machine != here, leaseLeft > 0,
            try row.instant("left_at") == nil
        {
            throw LedgerError.runnerElsewhere(
                runnerID: request.runnerID, machine: machine.split(separator: "/").first.map(String.init), silentFor: max(0, silentFor),
                leaseLeft: leaseLeft)
        }
        return session
    }

    /// - Parameter incident: what that is, where it speaks against the runner, and may speak against one of the jobs.
    func loseJobs(
        of runnerID: String, message: String, as incident: ((_ attempts: Int) -> Incident)? = nil, where belongs: (JobRecord) -> Bool
    ) throws {
        try connection.lock(WriteScope(runner: runnerID))
        let batches = try connection.rows(SQL.batchesOfRunner, [.text(runnerID)]).map { try $0.text("batch_id") }
        try connection.lock(WriteScope(batches: batches))
        let jobs = try connection.rows(SQL.jobsOfRunner, [.text(runnerID)]).map { try JobRecord($0) }.filter(belongs)
        if let incident, !jobs.isEmpty { try note(incident(jobs.count), of: runnerID) }
        for job in jobs {
            try endAttempt(of: job, .lost, message: message, isCounted: incident != nil, company: jobs.count - 1)
        }
    }
}
