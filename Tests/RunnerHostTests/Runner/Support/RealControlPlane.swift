import AsyncHTTPClient
import ControlPlane
import FoundationEssentials
import Logging
import LynxModel
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import TestSupport

@testable import RunnerHost

/// The real control plane on a ledger of its own, which can be taken down and started again on the same port.
final class RealControlPlane: Sendable {
    fileprivate enum Life: Sendable {
        case down
        case starting
        case listening(port: Int)
    }

    let directory: TemporaryDirectory
    private let life = Monitor(Life.down)
    private let keepsFiles: Bool
    private let database: String

    /// - Parameter database: the URL of one that it shares; nil for a file of its own.
    init(keepsFiles: Bool = false, database: String? = nil) throws {
        directory = try TemporaryDirectory()
        self.keepsFiles = keepsFiles
        self.database = database ?? directory.file("ledger.sqlite")
    }

    /// Runs `body` while the control plane is up, on the port given or one it finds.
    func run(port: Int = 0, heartbeatInterval: Double = 0.05, _ body: (Int) async throws -> Void) async throws {
        let plane = try ControlPlane(
            configuration: ControlPlaneConfiguration(
                port: port, databasePath: database, leaseSeconds: max(30, 2 * heartbeatInterval),
                heartbeatIntervalSeconds: heartbeatInterval,
                artifacts: keepsFiles ? ArtifactConfiguration(databasePath: directory.file("ledger.sqlite")) : nil),
            logger: Logger(label: "control-plane", factory: { _ in SwiftLogNoOpLogHandler() }))
        life.with { $0 = .starting }
        let group = ServiceGroup(
            services: [Server(plane: plane, life: life)], logger: Logger(label: "group", factory: { _ in SwiftLogNoOpLogHandler() }))
        let serving = Task { try await group.run() }
        let listening = try await life.take { life in
            switch life {
            case .listening(let port): port
            case .down: -1
            case .starting: nil
            }
        }
        do {
            try await body(listening)
        } catch {
            await group.triggerGracefulShutdown()
            _ = await serving.result
            throw error
        }
        await group.triggerGracefulShutdown()
        try await serving.value
    }

    private struct Server: Service {
        let plane: ControlPlane
        let life: Monitor<Life>

        func run() async throws {
            defer { life.with { $0 = .down } }
            try await plane.run { port in life.with { $0 = .listening(port: port) } }
        }
    }

    /// A call of the users' API.
    func call<Answer: Decodable>(_ method: HTTPMethod, _ path: String, port: Int, body: Data? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(body)
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let answer = Data(try await response.body.collect(upTo: 1 << 24).readableBytesView)
        guard (200..<300).contains(response.status.code) else {
            throw Refused(text: "\(response.status): \(String(decoding: answer, as: UTF8.self))")
        }
        return try WireJSON.decode(Answer.self, from: answer)
    }

    /// A file of a job; nil if there is none.
    func file(_ path: String, port: Int) async throws -> String? {
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)"), timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 24)
        return response.status.code == 200 ? String(buffer: body) : nil
    }

    struct Refused: Error { var text: String }

    /// Submits a batch of this many runs and returns its id.
    func submit(runs: Int, port: Int) async throws -> String {
        let submission = BatchSubmission(
            name: "study",
            config: BatchConfig(
                simulation: SimulationSpec(name: "orbit"), monteCarlo: MonteCarloSpec(runs: runs, seed: 1),
                dispersions: ["mass": Dispersion(distribution: .uniform(min: 1, max: 2), units: "kg")]))
        let receipt: BatchReceipt = try await call(.POST, "/jobs", port: port, body: try WireJSON.encode(submission))
        return receipt.batchID
    }
}
