import Foundation
import Hummingbird
import LynxModel

/// The files of jobs, as users read them.
extension API {
    var artifactRoutes: [Route] {
        [
            Route(method: .get, path: "/jobs/:job/artifacts", access: .scope(.read)) { request, context in
                let files = try await ledger.artifacts(jobID: try context.id("job"), attempt: try request.attempt())
                return try .json(ArtifactList(artifacts: files.map(\.artifact)))
            },
            Route(method: .get, path: "/batches/:batch/artifacts", access: .scope(.read)) { request, context in
                let page = try await ledger.artifacts(
                    batchID: try context.id("batch"), limit: try request.limit(), after: try request.artifactCursor())
                return try .json(BatchArtifactList(artifacts: page.items, nextCursor: page.next))
            },
            Route(method: .get, path: "/jobs/:job/artifacts/**", access: .scope(.read)) { request, context in
                // The router's own list of names has lost what tells `a//b` from `a/b`.
                let path = context.parameters.getCatchAll().map { $0.removingPercentEncoding ?? String($0) }.joined(separator: "/")
                return try await serve(.output, path, request, context)
            },
            Route(method: .get, path: "/jobs/:job/logs/:stream", access: .scope(.read)) { request, context in
                let stream = try context.id("stream")
                guard stream == "stdout" || stream == "stderr" else {
                    throw Problem.notFound("there is no log '\(stream)'; there are stdout and stderr")
                }
                return try await serve(.log, "\(stream).log", request, context)
            },
        ]
    }

    private func serve(_ kind: ArtifactKind, _ path: String, _ request: Request, _ context: APIContext) async throws -> Response {
        let jobID = try context.id("job")
        let attempt = try request.attempt()
        let file = try await ledger.artifact(jobID: jobID, attempt: attempt, kind: kind, path: path)
        let which = attempt.map { "attempt \($0) at " } ?? ""
        guard let file, let artifacts else {
            throw Problem.notFound(
                kind == .log ? "\(which)job '\(jobID)' has printed nothing here, or not yet" : "\(which)job '\(jobID)' has no file '\(path)'")
        }
        return try await ArtifactResponse(file: file, store: artifacts, logger: context.logger).response(to: request)
    }
}

extension Request {
    /// `?attempt=`; nil means the latest.
    func attempt() throws -> Int? {
        guard let text = parameter("attempt") else { return nil }
        guard let attempt = Int(text), attempt >= 1 else {
            throw Problem.badParameter("attempt", "is '\(text)'; it must be a number from 1 on")
        }
        return attempt
    }
}
