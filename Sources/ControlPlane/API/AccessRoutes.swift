import FoundationEssentials
import Hummingbird
import LynxModel

/// Tokens, and the enrolment of runners.
extension API {
    var accessRoutes: [Route] {
        [
            on(.createToken) { wanted, _, context in
                try wanted.check()
                let issued = try await ledger.createToken(wanted, tenant: context.caller.tenant)
                context.logger.tokenCreated(issued.token)
                return issued
            },
            on(.tokens) { _, context in TokenList(tokens: try await ledger.tokens(tenant: context.caller.tenant)) },
            on(.revokeToken) { _, context in
                let id = try context.id(.token)
                try await ledger.revokeToken(id, tenant: context.caller.tenant)
                context.logger.tokenRevoked(id, tenant: context.caller.tenant)
            },
            on(.createEnrollment) { wanted, _, context in
                try wanted.check()
                let issued = try await ledger.createEnrollment(wanted, tenant: context.caller.tenant)
                context.logger.tokenCreated(issued.token)
                return issued
            },
            on(.revokeRunner) { _, context in
                let id = try context.id(.runner)
                try await ledger.revokeRunner(id, tenant: context.caller.tenant)
                context.logger.runnerRevoked(id, tenant: context.caller.tenant)
            },
            on(.enroll, enroll),
            on(.renew) { _, _, context in
                let old = try await ledger.credential(context.caller)
                return try await ledger.renew(old, lifetime: configuration.credentialMilliseconds)
            },
        ]
    }

    @Sendable private func enroll(_ message: EnrollRequest, _ request: Request, _ context: APIContext) async throws -> RunnerCredential {
        try message.check()
        let token = try await ledger.credential(context.caller)
        let types = message.capabilities.supportedSimulationTypes
        if let allowed = token.allowedTypes {
            let others = types.filter { !allowed.contains($0) }
            guard others.isEmpty else {
                throw AccessRefusal.forbidden(
                    "this enrolment token does not allow the simulation types \(others.quoted); it allows \(allowed.quoted)")
            }
        }
        let credential = try await ledger.enroll(message, with: token, lifetime: configuration.credentialMilliseconds)
        context.logger.runnerEnrolled(message, tenant: token.tenant)
        return credential
    }
}

extension Caller {
    /// - Throws: a 403 refusal that names what the runner registers with and has not declared when it was enrolled.
    func check(_ capabilities: RunnerCapabilities) throws {
        guard let declared else { return }
        try check(engines: capabilities.supportedSimulationTypes)
        guard declared.gpuAvailable || !capabilities.gpuAvailable else {
            throw AccessRefusal.forbidden("this runner was enrolled without a GPU; revoke it and enrol it anew to change that")
        }
    }
}

extension Caller {
    /// - Throws: a 403 refusal that names those that the runner has not declared when it was enrolled.
    func check(engines: [String]) throws {
        guard let declared else { return }
        let others = engines.filter { !declared.supportedSimulationTypes.contains($0) }
        guard others.isEmpty else {
            throw AccessRefusal.forbidden(
                "this runner was enrolled without the simulation types \(others.quoted); revoke it and enrol it anew to change that")
        }
    }
}

extension [String] {
    fileprivate var quoted: String { map { "'\($0)'" }.joined(separator: ", ") }
}

extension TokenRequest {
    /// - Throws: a `Problem` that names the field that makes no token.
    func check() throws {
        guard (1...128).contains(name.utf8.count) else { throw Problem.invalid("name", "must have 1 to 128 characters") }
        guard !scopes.isEmpty else { throw Problem.invalid("scopes", "must name one of read, submit, admin") }
        if let days = expiresInDays, !(days > 0 && days <= 3650) {
            throw Problem.invalid("expires_in_days", "is \(days); it must be above 0, and 3650 at most")
        }
    }
}

extension EnrollmentRequest {
    /// - Throws: a `Problem` that names the field that makes no enrolment.
    func check() throws {
        if let name, name.utf8.count > 128 { throw Problem.invalid("name", "must have at most 128 characters") }
        if let minutes = expiresInMinutes, !(minutes > 0 && minutes <= 43_200) {
            throw Problem.invalid("expires_in_minutes", "is \(minutes); it must be above 0, and 43200 (30 days) at most")
        }
        if let types = simulationTypes, !(1...256).contains(types.count) {
            throw Problem.invalid("simulation_types", "must name 1 to 256 types; leave it out to allow any")
        }
    }
}

extension EnrollRequest {
    fileprivate func check() throws {
        guard (1...128).contains(runnerID.utf8.count) else { throw Problem.invalid("runner_id", "must have 1 to 128 characters") }
        guard name.utf8.count <= 256 else { throw Problem.invalid("name", "must have at most 256 characters") }
        guard capabilities.supportedSimulationTypes.count <= 256 else {
            throw Problem.invalid("capabilities.supported_simulation_types", "may have at most 256 entries")
        }
    }
}
