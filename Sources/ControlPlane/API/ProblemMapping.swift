import FoundationEssentials
import Hummingbird
import Logging
import LynxModel
import NIOCore
import NIOHTTP1
import ObjectStore

extension Problem {
    static func notFound(_ detail: String) -> Problem { Problem(title: "Not found", status: 404, detail: detail) }

    static func badParameter(_ name: String, _ detail: String) -> Problem {
        Problem(title: "Bad parameter", status: 422, detail: "the parameter '\(name)' \(detail)", errors: [.init(field: name, detail: detail)])
    }

    static func badHeader(_ name: String, _ detail: String) -> Problem {
        Problem(title: "Bad header", status: 422, detail: "the header '\(name)' \(detail)", errors: [.init(field: name, detail: detail)])
    }

    static func invalid(_ field: String, _ detail: String) -> Problem {
        Problem(title: "Invalid body", status: 422, detail: "\(field): \(detail)", errors: [.init(field: field, detail: detail)])
    }

    static func tooLarge(limit: Int) -> Problem {
        Problem(title: "Body too large", status: 413, detail: "the body may have at most \(limit) bytes")
    }

    /// What a client is told of an error; nil for what is our fault and not to be told.
    init?(describing error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as LedgerError: self.init(error)
        case let error as HTTPError: self.init(error)
        case let refusal as AccessRefusal: self = refusal.problem
        case StorageError.unreachable:
            self.init(title: "Not available", status: 503, detail: "the ledger's database cannot be reached at present; try again later")
        case StorageError.noRoom(let place):
            self.init(title: "Storage full", status: 507, detail: "there is no room on the disk of '\(place)'; try again when there is some")
        case let error as S3Error where error.isTransient:
            self.init(title: "Not available", status: 503, detail: "the object store does not answer at present; try again later")
        case StorageError.outcomeUnknown:
            self.init(
                title: "Not available", status: 503,
                detail: "the ledger's database was lost while it was written to, and may or may not have kept this; look before you try again")
        case StorageError.unusable(_, let reason):
            self.init(title: "Not available", status: 503, detail: "the ledger's database cannot be used at present: \(reason); try again later")
        case StorageError.busy:
            self.init(title: "Not available", status: 503, detail: "the ledger's database is too busy, or does not answer; try again later")
        default: return nil
        }
    }

    /// What a client is told of any error. Of what is our fault, the log says more.
    static func answer(to request: Request, _ error: any Error, _ logger: Logger) -> Problem {
        if let problem = Problem(describing: error) { return problem }
        logger.callFailed(request, error)
        return Problem(title: "Internal error", status: 500, detail: "the control plane could not answer; its log says why")
    }

    private init(_ error: HTTPError) {
        self.init(title: error.status.reasonPhrase, status: error.status.code, detail: error.body)
    }

    private init(_ error: LedgerError) {
        switch error {
        case .noSuchBatch(let id): self = .notFound("there is no batch '\(id)'")
        case .noSuchJob(let id): self = .notFound("there is no job '\(id)'")
        case .noSuchRunner(let id): self = .notFound("there is no runner '\(id)'")
        case .noSuchToken(let id): self = .notFound("there is no token '\(id)'")
        case .notEnrollable(let reason): self.init(title: "Not enrolled", status: 409, detail: reason)
        case .noResult(let jobID, let status):
            self = .notFound("job '\(jobID)' is \(status.rawValue) and has no result\(status.isTerminal ? "" : " yet")")
        case .noAttemptResult(let jobID, let attempt, let exists):
            self = .notFound(exists ? "attempt \(attempt) at job '\(jobID)' left no result" : "job '\(jobID)' had no attempt \(attempt)")
        case .cannotRetry(let id):
            self.init(title: "Cancelled", status: 409, detail: "batch '\(id)' was cancelled, and its jobs are not tried again; submit it anew")
        case .unknownSession(let runnerID):
            self = .notFound("runner '\(runnerID)' is not registered with this session; register again")
        case .runnerElsewhere(let runnerID, let machine, let silentFor, let leaseLeft):
            self.init(
                title: "Runner at work elsewhere", status: 409,
                detail:
                    "runner '\(runnerID)' is at work on \(machine.map { "machine '\($0)'" } ?? "another machine"), heard of \(silentFor / 1000) s ago: "
                    + "two state directories are copies of one; remove 'runner-id' and 'credential' from this runner's to give it an identity of its own, "
                    + "or, if the other machine is gone, start this runner again in \((leaseLeft + 999) / 1000) s")
        case .sessionReplaced(let runnerID):
            self.init(
                title: "Runner replaced", status: 409,
                detail: "another process has registered as runner '\(runnerID)' since this one did: two state directories are copies of one; "
                    + "remove 'runner-id' and 'credential' from one of them to give its runner an identity of its own")
        case .staleAttempt(let jobID, let attempt, let reason):
            self.init(title: "Stale attempt", status: 409, detail: "attempt \(attempt) at job '\(jobID)' is over: \(reason)")
        case .missingTelemetry(let jobID, let chunks, let missing):
            let list = missing.prefix(20).map(String.init).joined(separator: ", ") + (missing.count > 20 ? ", …" : "")
            let detail = "says \(chunks), of which these are not here: \(list)"
            self.init(
                title: "Telemetry missing", status: 428, detail: "the result of job '\(jobID)' \(detail)",
                errors: [.init(field: "telemetry_chunks", detail: detail)])
        case .tooMuchTelemetry(let jobID, let limit):
            self.init(title: "Too much telemetry", status: 413, detail: "an attempt at job '\(jobID)' may have at most \(limit) bytes of it")
        case .alreadyEnded(let what, let id, let status):
            self.init(title: "Already ended", status: 409, detail: "\(what) '\(id)' is \(status) and cannot be cancelled")
        case .submissionDiffers(let key):
            self = .badHeader(
                EndpointParameter.idempotencyKey.name,
                "is '\(key)', which came with another body before; give each submission a key of its own")
        case .notExtensible(let batchID, let reason):
            self.init(title: "Batch cannot be extended", status: 409, detail: "batch '\(batchID)': \(reason)")
        case .tooManyRuns(let runs, let limit):
            let detail = "is \(runs); a batch may have at most \(limit)"
            self.init(
                title: "Too many runs", status: 422, detail: "the number of runs \(detail)",
                errors: [.init(field: "config.monte_carlo.runs", detail: detail)])
        case .overQuota(let used, let adding, let quota):
            self.init(
                title: "Over quota", status: 413,
                detail: "\(adding) bytes more would pass the artifact quota of \(quota) bytes, of which \(used) are used")
        case .incompatibleRunner(let version):
            let detail = "is '\(version)'; this control plane speaks \(RunnerProtocol.version), its earlier minor versions, and one later"
            self.init(
                title: "Incompatible runner", status: 422, detail: "the protocol version \(detail)",
                errors: [.init(field: "protocol_version", detail: detail)])
        }
    }
}

/// Renders whatever goes wrong, unknown routes included, as `application/problem+json`.
struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error where error is CancellationError || error is HTTPParserError {
            // There is nobody to answer, or what comes cannot be understood as HTTP; the server sees to that.
            throw error
        } catch {
            if let problem = Problem(describing: error) {
                if problem.status == 404, problem.detail == nil {
                    return try Problem.notFound("there is nothing at '\(request.uri.path)'").response()
                }
                return try problem.response(headers: (error as? HTTPError)?.headers ?? (error as? AccessRefusal)?.headers ?? [:])
            }
            return try Problem.answer(to: request, error, context.logger).response()
        }
    }
}

extension Problem {
    func response(headers: HTTPFields = [:]) throws -> Response {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        return Response(
            status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: try WireJSON.encode(self))))
    }
}
