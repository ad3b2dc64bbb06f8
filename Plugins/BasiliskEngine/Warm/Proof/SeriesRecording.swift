import Dispatch
import EventLoop
import Glibc
import Support
import Synchronization
import TelemetryServer

/// A telemetry endpoint of the engine's own, for runs that are not jobs: it keeps a digest of each variable.
final class SeriesRecording: Sendable {
    private let series = Mutex<[String: SeriesDigest]>([:])
    private let endpoint: Mutex<TelemetryEndpoint?> = Mutex(nil)

    /// - Throws: `SystemError` if descriptors, ports or threads run out.
    init() throws {
        let server = try Self.server()
        let opened = Self.blocking { [self] in
            await Result.capture { try await server.openEndpoint(allowedUID: geteuid()) { Sink(self) } }
        }
        let endpoint = try opened.get()
        self.endpoint.withLock { $0 = endpoint }
    }

    var url: String { endpoint.withLock { $0?.url } ?? "" }

    /// The digests by variable. Waits until everything received is read; to be called when the run's processes have ended.
    func finish() -> [String: SeriesDigest] {
        if let endpoint = endpoint.withLock({ $0 }) {
            _ = Self.blocking { await endpoint.finish() }
            self.endpoint.withLock { $0 = nil }
        }
        return series.withLock { $0 }
    }

    private static let shared = Mutex<TelemetryServer?>(nil)

    private static func server() throws -> TelemetryServer {
        try shared.withLock { server in
            if let server { return server }
            let made = TelemetryServer(loops: [try EventLoop(name: "lynx-warm-io")])
            server = made
            return made
        }
    }

    /// Waits for an asynchronous result. Only for threads of the engine's own, not for those that tasks run on.
    private static func blocking<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
        let answer = Answer<Value>()
        Task.detached {
            let value = await body()
            answer.value.withLock { $0 = value }
            answer.isThere.signal()
        }
        answer.isThere.wait()
        return answer.value.withLock { $0! }
    }

    private final class Answer<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
        let isThere = DispatchSemaphore(value: 0)
    }

    /// Used on the endpoint's loop only.
    private final class Sink: TelemetrySink {
        private struct Series {
            let name: String
            var hash = SHA256()
            var hasFractions = false
        }

        private let recording: SeriesRecording
        private var series: [Int: Series] = [:]

        init(_ recording: SeriesRecording) { self.recording = recording }

        func receive(_ variable: TelemetryVariable, simTime: Double, value: Double, context: LoopContext) {
            let name = variable.units.isEmpty ? variable.name : "\(variable.name) [\(variable.units)]"
            add(simTime, value, into: &series[variable.index, default: Series(name: name)])
        }

        func receive(_ rows: Span<TelemetryRow>, context: LoopContext) {
            for place in rows.indices {
                let row = rows[place]
                // The variable has been recorded before.
                add(row.simTime, row.value, into: &series[row.variable]!)
            }
        }

        private func add(_ simTime: Double, _ value: Double, into series: inout Series) {
            withUnsafeBytes(of: (simTime.bitPattern, value.bitPattern)) { series.hash.update($0) }
            if value.isFinite, value != value.rounded() { series.hasFractions = true }
        }

        func finish(context: LoopContext) {
            let digests = series.values.map { ($0.name, SeriesDigest(bytes: $0.hash.finalize().bytes, hasFractions: $0.hasFractions)) }
            recording.series.withLock { $0 = Dictionary(digests) { first, _ in first } }
        }
    }
}

extension Result where Success: Sendable, Failure == any Error {
    fileprivate static func capture(_ body: () async throws -> Success) async -> Self {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
