import FoundationEssentials
import LynxDocument
package import LynxModel

extension APIClient {
    /// What the batch's runs say of its requirements, as far as they have ended.
    package func verdicts(of batch: String) async throws -> StudyVerdicts { try await call(.verdicts, [.batch: batch]) }

    /// The same, or nil for a batch without requirements. A control plane that is too old to know of requirements has none with
    /// any.
    func verdictsIfKnown(of batch: String) async throws -> StudyVerdicts? {
        do {
            let verdicts = try await verdicts(of: batch)
            return verdicts.verdicts.isEmpty && verdicts.rareEvent == nil ? nil : verdicts
        } catch let error as CLIError where error.isOfOlderControlPlane {
            return nil
        }
    }

    /// The same of other requirements.
    package func evaluate(_ batch: String, by requirements: [RequirementSpec]) async throws -> StudyVerdicts {
        try await call(.evaluate, [.batch: batch], body: RequirementList(requirements: requirements))
    }

    /// - Parameter pairs: of outputs whose ellipses are told, as `x:y,x:y` or `units`; nil for none.
    func statistics(of batch: String, pairs: String? = nil) async throws -> StudyStatistics {
        var arguments: EndpointArguments = [.batch: batch]
        arguments.updateValue(pairs, forKey: .ellipsePairs)
        return try await call(.statistics, arguments)
    }

    func drivers(of batch: String) async throws -> StudyDrivers { try await call(.drivers, [.batch: batch]) }

    package func comparison(of first: String, with second: String) async throws -> StudyComparison {
        try await call(.compare, [.batch: first, .otherBatch: second])
    }

    package func close(_ batch: String) async throws -> BatchOverview { try await call(.close, [.batch: batch]) }

    package func extend(_ batch: String, by runs: Int) async throws -> BatchOverview {
        try await call(.extend, [.batch: batch], body: ExtensionRequest(runs: runs))
    }
}

/// Control planes that are older than this client.
extension APIClient {
    /// What a call was refused for; that the control plane is too old for it, if that is why.
    func refusal(of endpoint: EndpointDescription, _ arguments: EndpointArguments, _ error: CLIError, status: Int) async -> CLIError {
        // A batch that is not there answers 404 as well, and a parameter that is wrong as one that is not known.
        let describe: Endpoint<Void, OpenAPIContent> = .describe
        guard [400, 404, 405, 422].contains(status), endpoint.id != describe.description.id else { return error }
        guard let body = try? await send(describe.description, [:]), let document = try? WireJSON.decode(JSONValue.self, from: body) else {
            return error
        }
        let paths = document["paths"].object
        guard !paths.isEmpty, let missing = missing(endpoint, arguments, of: paths) else { return error }
        var outdated = CLIError.unavailable(
            "the control plane at \(baseURL) is older than this lynxctl and has no \(missing); bring it to version \(LynxVersion.current) with runner protocol \(RunnerProtocol.version), or later"
        )
        outdated.isOfOlderControlPlane = true
        return outdated
    }

    /// What the description of a control plane has no word of: the call, or a parameter that it was sent with.
    private func missing(_ endpoint: EndpointDescription, _ arguments: EndpointArguments, of paths: [String: JSONValue]) -> String? {
        let shape = Self.shape(endpoint.path.template)
        let described = paths.first { Self.shape($0.key) == shape }?.value[endpoint.method.rawValue.lowercased()] ?? .null
        guard described != .null else { return endpoint.call }
        let known = Set(described["parameters"].array.compactMap { $0["name"].string })
        return endpoint.parameters.first { parameter in
            parameter.place == .query && parameter.component == nil && (arguments[parameter] ?? nil) != nil && !known.contains(parameter.name)
        }.map { "parameter '\($0.name)' of \(endpoint.call)" }
    }

    /// A path without the names of its parameters.
    private static func shape(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map { $0.hasPrefix("{") ? "{}" : String($0) }.joined(separator: "/")
    }
}
