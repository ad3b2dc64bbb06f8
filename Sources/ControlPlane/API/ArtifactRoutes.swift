import Foundation
import Hummingbird
import LynxModel

/// The files of jobs, as users read them.
extension API {
    var artifactRoutes: [Route] {
        [
            on(.artifacts) { request, context in
                let (jobID, attempt) = (try context.id(.job), try request.integer(.attempt))
                let files = try await ledger.artifacts(jobID: jobID, attempt: attempt)
                if files.isEmpty, configuration.readsRunnersFiles {
                    return ArtifactList(artifacts: try await ledger.runnersFiles(jobID: jobID, attempt: attempt)?.listed ?? [])
                }
                return ArtifactList(artifacts: files.map(\.artifact))
            },
            on(.batchArtifacts) { request, context in
                let page = try await ledger.artifacts(
                    batchID: try context.id(.batch), limit: try request.limit(), after: try request.artifactCursor())
                return BatchArtifactList(artifacts: page.items, nextCursor: page.next)
            },
            raw(.artifact) { request, context in try await serve(.output, context.restOfPath, request, context) },
            raw(.log) { request, context in
                let name = try context.id(.logStream)
                guard let stream = LogStream(rawValue: name) else {
                    throw Problem.notFound("there is no log '\(name)'; there are stdout, stderr and build")
                }
                return try await serve(.log, stream.fileName, request, context)
            },
        ]
    }

    private func serve(_ kind: ArtifactKind, _ path: String, _ request: Request, _ context: APIContext) async throws -> Response {
        let jobID = try context.id(.job)
        let attempt = try request.integer(.attempt)
        let file = try await ledger.artifact(jobID: jobID, attempt: attempt, kind: kind, path: path)
        if file == nil, configuration.readsRunnersFiles,
            let local = try await ledger.runnersFiles(jobID: jobID, attempt: attempt)?.file(kind, path)
        {
            return try local.response(to: request)
        }
        let which = attempt.map { "attempt \($0) at " } ?? ""
        guard let file, let artifacts else {
            throw Problem.notFound(
                kind == .log ? "\(which)job '\(jobID)' has printed nothing here, or not yet" : "\(which)job '\(jobID)' has no file '\(path)'")
        }
        return try await ArtifactResponse(file: file, store: artifacts, logger: context.logger).response(to: request)
    }
}
