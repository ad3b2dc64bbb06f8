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

    func admit(_ request: Request, _ context: APIContext, _ access: EndpointAccess) async throws -> Caller {
        let caller = try await caller(request, context, access)
        try await checkOwner(context, caller, access)
        return caller
    }

    private func caller(_ request: Request, _ context: APIContext, _ access: EndpointAccess) async throws -> Caller {
        if access == .open { return .nobody }
        guard configuration.authentication else {
            if access == .enrollment || access == .renewal {
                throw Problem(
                    title: "No authentication", status: 409,
                    detail: "this control plane was started without --auth and enrols nobody; runners need no credential here")
            }
            return .anyone
        }
        if request.headers[.authorization] == nil, let secret = cookie(context).secret(in: request.headers) {
            try CallOrigin(request).check(whoseCookie: request)
            guard let session = try await ledger.session(secret) else {
                throw AccessRefusal.unauthenticated("the session has ended; log in again", reason: .expired)
            }
            return try caller(session.token, access, sessionID: session.id)
        }
        let (record, hasExpired) = try await record(request, context)
        if hasExpired, access != .renewal { throw Self.expired(record) }
        switch (access, record.kind) {
        case (.runner, .runner), (.renewal, .runner):
            try await ledger.used(record)
            return Caller(
                tenant: record.tenant, scopes: [], runnerID: record.runnerID ?? "", declared: record.capabilities, credentialID: record.id)
        case (.enrollment, .enroll):
            return Caller(tenant: record.tenant, scopes: [], runnerID: nil, credentialID: record.id)
        default:
            return try self.caller(record, access)
        }
    }

    /// Who calls with an API token, itself or by the session that it began.
    private func caller(_ token: CredentialRecord, _ access: EndpointAccess, sessionID: String? = nil) throws -> Caller {
        guard case .scope(let scope) = access, token.kind == .api else {
            throw AccessRefusal.forbidden("this call takes \(Self.name(access)), not \(Self.name(token.kind))")
        }
        let caller = Caller(
            tenant: token.tenant, scopes: Set(token.scopes), runnerID: "", credentialID: token.id, name: token.name, sessionID: sessionID)
        guard caller.may(scope) else {
            throw AccessRefusal.forbidden(
                "this call needs a token with the scope '\(scope.rawValue)'; token '\(token.id)' has \(token.scopes.map { "'\($0.rawValue)'" }.joined(separator: ", "))")
        }
        return caller
    }

    /// The cookie of browsers that are logged in here.
    func cookie(_ context: APIContext) -> SessionCookie {
        SessionCookie(
            port: context.channel.localAddress?.port ?? configuration.port,
            isSecure: configuration.tls != nil || configuration.behindProxy)
    }

    /// The API token that somebody logs in with.
    func token(toLogInWith text: String, _ request: Request, _ context: APIContext) async throws -> CredentialRecord {
        let (record, hasExpired) = try await record(text, request, context)
        if hasExpired { throw Self.expired(record) }
        guard record.kind == .api else { throw AccessRefusal.forbidden("to log in takes an API token, not \(Self.name(record.kind))") }
        return record
    }

    /// The credential that the call came with, which may have expired, but has been neither revoked nor made up.
    private func record(_ request: Request, _ context: APIContext) async throws -> (CredentialRecord, hasExpired: Bool) {
        guard let header = request.headers[.authorization] else {
            throw AccessRefusal.unauthenticated("this call needs a token: send 'Authorization: Bearer …'", reason: .missing)
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        let isBearer = parts.count == 2 && parts[0].lowercased() == "bearer"
        return try await record(isBearer ? String(parts[1]) : "", request, context)
    }

    private func record(_ text: String, _ request: Request, _ context: APIContext) async throws -> (CredentialRecord, hasExpired: Bool) {
        let address = address(request, context)
        let now = ledger.clock.now().instant
        guard let secret = Secret(text.filter { !$0.isWhitespace }) else { throw failed(address, digest: "", now: now) }
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
    private func checkOwner(_ context: APIContext, _ caller: Caller, _ access: EndpointAccess) async throws {
        if access == .open { return }
        if context.has(.batch) {
            let id = try context.id(.batch)
            guard try await ledger.tenant(ofBatch: id) == caller.tenant else { throw LedgerError.noSuchBatch(id) }
        }
        // A runner's jobs are those that it was given: the ledger compares.
        if context.has(.job), access != .runner {
            let id = try context.id(.job)
            let tenant = if let key = JobKey(jobID: id) { try await ledger.tenant(ofBatch: key.batchID) } else { String?.none }
            guard tenant == caller.tenant else { throw LedgerError.noSuchJob(id) }
        }
        if context.has(.runner) {
            let id = try context.id(.runner)
            guard try await ledger.tenant(ofRunner: id) == caller.tenant else { throw LedgerError.noSuchRunner(id) }
        }
    }

    private static func name(_ access: EndpointAccess) -> String {
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
        case .session: "a browser's session"
        }
    }
}
