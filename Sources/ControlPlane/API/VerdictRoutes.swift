import FoundationEssentials
import Hummingbird
import LynxDocument
import LynxModel

/// What a batch says of its requirements and outputs, and more runs of it.
extension API {
    var verdictRoutes: [Route] {
        [
            on(.verdicts) { _, context in try await ledger.verdicts(batchID: try context.id(.batch)) },
            raw(.evaluate) { request, context in
                let requirements = try RequirementSpec.read(body: try await request.bytes(upTo: BodyLimit.submission))
                return try .json(try await ledger.verdicts(batchID: try context.id(.batch), by: requirements))
            },
            on(.statistics) { request, context in
                try await ledger.statistics(batchID: try context.id(.batch), pairs: request.text(.ellipsePairs))
            },
            on(.drivers) { request, context in
                try await ledger.drivers(batchID: try context.id(.batch), of: request.text(.drivenOutput))
            },
            on(.compare) { _, context in
                try await ledger.comparison(of: try context.id(.batch), with: try context.id(.otherBatch), tenant: context.caller.tenant)
            },
            on(.provenanceRecord) { _, context in
                try await ledger.provenanceRecord(try context.id(.sha256), of: try context.id(.batch))
            },
            on(.extend) { (order: ExtensionRequest, _, context) in
                guard order.runs >= 1 else { throw Problem.invalid("runs", "must be at least 1") }
                return try await ledger.extend(batchID: try context.id(.batch), by: order.runs)
            },
            raw(.appendRows) { request, context in
                let order = try AppendRequest.read(body: try await request.bytes(upTo: BodyLimit.submission))
                return try .json(try await ledger.append(order.rows, to: try context.id(.batch), at: order.firstRun))
            },
            on(.close) { _, context in try await ledger.close(batchID: try context.id(.batch)) },
            on(.rareEvent) { _, context in try await ledger.rareEvent(batchID: try context.id(.batch)) },
        ]
    }
}

extension AppendRequest {
    /// - Throws: a 400 `Problem` for what is not a JSON object, a 422 one that names every field that is wrong.
    fileprivate static func read(body: Data) throws -> AppendRequest {
        do throws(DiagnosticList) {
            return try read(json: Array(body), name: "request body")
        } catch {
            throw error.diagnostics.contains { !$0.fieldPath.isEmpty }
                ? error.problem(title: "Invalid rows", status: 422)
                : error.problem(title: "Not rows", status: 400)
        }
    }
}

extension RequirementSpec {
    /// - Throws: a 400 `Problem` for what is not a JSON object, a 422 one that names every field that is wrong.
    fileprivate static func read(body: Data) throws -> [RequirementSpec] {
        do throws(DiagnosticList) {
            return try read(json: Array(body), name: "request body")
        } catch {
            throw error.diagnostics.contains { !$0.fieldPath.isEmpty }
                ? error.problem(title: "Invalid requirements", status: 422)
                : error.problem(title: "Not requirements", status: 400)
        }
    }
}
