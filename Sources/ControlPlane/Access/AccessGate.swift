import FoundationEssentials
import Hummingbird
import LynxModel
import NIOCore

/// Decides who calls, before a route's handler sees the call: whether the credential is good, whether it may do this,
/// and whether what the path names belongs to the caller's tenant.
struct AccessGate: Sendable {
    let ledger: Ledger
    let configuration: ControlPlaneConfiguration
    let failures: FailureLimiter

    init(ledger: Ledger, configuration: ControlPlaneConfiguration) {
        self.ledger = ledger
        self.configuration = configuration
        failures = FailureLimiter()
    }

    func admit(_ request: Request, _ context: APIContext, _ access: RouteAccess) async throws -> Caller {
        let caller = try await caller(request, context, access)
        try await checkOwner(context, caller, access)
        return caller
    }

    private func caller(_ request: Request, _ context: APIContext, _ access: RouteAccess) async throws -> Caller {
        if access == .open { return .nobody }
        guard configuration.authentication else {
            if access == .enrollment || access == .renewal {
                throw Problem(
                    title: "No authentication", status: 409,
                    detail: "this control plane was started without --auth and enrols nobody; runners need no credential here")
            }
            return .anyone
        }
        let (record, hasExpired) = try await record(request, context)
        if hasExpired, access != .renewal { throw Self.expired(record) }
        switch (access, record.kind) {
        case (.scope(let scope), .api):
            let caller = Caller(tenant: record.tenant, scopes: Set(record.scopes), runnerID: "", credentialID: record.id)
            guard caller.may(scope) else {
                throw AccessRefusal.forbidden(
                    "this call needs a token with the scope '\(scope.rawValue)'; token '\(record.id)' has \(record.scopes.map { "'\($0.rawValue)'" }.joined(separator: ", "))")
            }
            return caller
        case (.runner, .runner), (.renewal, .runner):
            try await ledger.used(record)
            return Caller(
                tenant: record.tenant, scopes: [], runnerID: record.runnerID ?? "", declared: record.capabilities, credentialID: record.id)
        case (.enrollment, .enroll):
            return Caller(tenant: record.tenant, scopes: [], runnerID: nil, credentialID: record.id)
        default:
            throw AccessRefusal.forbidden("this call takes \(Self.name(access)), not \(Self.name(record.kind))")
        }
    }

    /// The credential that the call came with, which may have expired, but has been neither revoked nor made up.
    private func record(_ request: Request, _ context: APIContext) async throws -> (CredentialRecord, hasExpired: Bool) {
        guard let header = request.headers[.authorization] else {
            throw AccessRefusal.unauthenticated("this call needs a token: send 'Authorization: Bearer …'", reason: .missing)
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        let address = address(request, context)
        let now = ledger.clock.now().instant
        guard parts.count == 2, parts[0].lowercased() == "bearer", let secret = Secret(String(parts[1].filter { $0 != " " })) else {
            throw failed(address, digest: "", now: now)
        }
        let digest = secret.digest
        if let wait = failures.wait(address, digest: digest, now: now) { throw AccessRefusal.tooManyFailures(retryAfter: wait) }
        switch try await ledger.authenticate(secret) {
        case .unknown: throw failed(address, digest: digest, now: now)
        case .revoked(let record):
            let what = record.kind == .runner ? "runner '\(record.runnerID ?? "?")'" : "token '\(record.id)'"
            throw AccessRefusal.unauthenticated("\(what) has been revoked", reason: .revoked)
        case .expired(let record, let isRenewable):
            failures.succeeded(digest: digest)
            guard isRenewable else { throw Self.expired(record) }
            return (record, true)
        case .valid(let record):
            failures.succeeded(digest: digest)
            return (record, false)
        }
    }

    private func failed(_ address: String, digest: String, now: Instant) -> AccessRefusal {
        if let wait = failures.wait(address, digest: digest, now: now) { return .tooManyFailures(retryAfter: wait) }
        failures.failed(address, now: now)
        return .unauthenticated("the token is not one of this control plane's", reason: .unknown)
    }

    private static func expired(_ record: CredentialRecord) -> AccessRefusal {
        .unauthenticated("\(name(record.kind)) '\(record.id)' has expired", reason: .expired)
    }

    /// Whom failures are counted for. Behind a proxy it is the last address that was added: the ones before it come
    /// from the caller, who may write what they like.
    private func address(_ request: Request, _ context: APIContext) -> String {
        if configuration.behindProxy, let forwarded = request.headers.last(where: { $0.name.canonicalName == "x-forwarded-for" }) {
            return forwarded.value.split(separator: ",").last.map { $0.filter { $0 != " " } } ?? "?"
        }
        return context.channel.remoteAddress?.ipAddress ?? "?"
    }

    /// What the path names is the caller's tenant's, or else it is not there, in the same words.
    private func checkOwner(_ context: APIContext, _ caller: Caller, _ access: RouteAccess) async throws {
        if access == .open { return }
        if context.parameters.get("batch") != nil {
            let id = try context.id("batch")
            guard try await ledger.tenant(ofBatch: id) == caller.tenant else { throw LedgerError.noSuchBatch(id) }
        }
        // A runner's jobs are those that it was given: the ledger compares.
        if context.parameters.get("job") != nil, access != .runner {
            let id = try context.id("job")
            let tenant = if let key = JobKey(jobID: id) { try await ledger.tenant(ofBatch: key.batchID) } else { String?.none }
            guard tenant == caller.tenant else { throw LedgerError.noSuchJob(id) }
        }
        if context.parameters.get("runner") != nil {
            let id = try context.id("runner")
            guard try await ledger.tenant(ofRunner: id) == caller.tenant else { throw LedgerError.noSuchRunner(id) }
        }
    }

    private static func name(_ access: RouteAccess) -> String {
        switch access {
        case .open: "anything"
        case .scope: "an API token"
        case .runner, .renewal: "a runner's credential"
        case .enrollment: "an enrolment token"
        }
    }

    private static func name(_ kind: Secret.Kind) -> String {
        switch kind {
        case .api: "an API token"
        case .enroll: "an enrolment token"
        case .runner: "a runner's credential"
        }
    }
}

extension Request {
    /// The body of a call in which a runner speaks of itself.
    ///
    /// - Throws: a 403 refusal if the caller's credential is another runner's.
    func message<Message: RunnerMessage>(
        _ type: Message.Type = Message.self, from context: APIContext, upTo limit: Int = BodyLimit.message
    ) async throws -> Message {
        let message = try await decode(type, upTo: limit)
        guard context.caller.speaks(for: message.runnerID) else {
            throw AccessRefusal.cannotSpeak(for: message.runnerID, context.caller)
        }
        return message
    }
}
