import CommandDocument
import EngineKit
import EventLoop
import LynxModel
import Support

/// Reads the telemetry of a run from what its command prints and writes, and passes it to the host. Used on the loop only.
final class Follower {
    struct Source: Sendable {
        var spec: TelemetrySource
        var file: RunFile
    }

    private final class Stream {
        let source: Source
        let tail: LineTail
        var reader: TelemetryReader

        init(_ source: Source, begin: UInt64) {
            self.source = source
            tail = LineTail(source.file.path)
            reader = TelemetryReader(source.spec, begin: begin)
        }
    }

    private let streams: [Stream]
    private let token: UInt64
    private let host: HostHandle
    private let samples = SampleBuffer()
    private var files: FileWatch.Subscription?
    /// Whether a turn is scheduled.
    private var isDue = false

    /// How many bytes of a source are read in a turn: other runs wait meanwhile.
    private static let turn = 64 << 10

    init(_ sources: [Source], token: UInt64, host: HostHandle, _ context: LoopContext) {
        self.token = token
        self.host = host
        let begin = context.now
        streams = sources.map { Stream($0, begin: begin) }
        files = context.local(FileWatch.init).subscribe(sources.map(\.file.path), context) { [weak self] in self?.read($0) }
        read(context)
    }

    private func read(_ context: LoopContext) {
        guard !isDue, readTurn() else { return }
        isDue = true
        context.schedule(after: 0) { [weak self] context in
            guard let self, files != nil else { return }
            isDue = false
            read(context)
        }
    }

    /// Returns whether there is more to read.
    private func readTurn() -> Bool {
        var isMore = false
        for stream in streams where stream.tail.read(atMost: Self.turn, { line in take(line, of: stream) }) { isMore = true }
        flush()
        return isMore
    }

    private func take(_ line: ArraySlice<UInt8>, of stream: Stream) {
        stream.reader.read(line) { name, units, time, value in samples.add(name, units, time, value) }
        // What waits is bounded, and a condition is evaluated soon.
        if samples.count >= 4096 { flush() }
    }

    private func flush() { samples.drain { host.emit(job: token, $0) } }

    /// Reads what has come last, and then calls `body` with a warning for each source without telemetry.
    func finish(_ context: LoopContext, _ body: @escaping ([String], LoopContext) -> Void) {
        files = nil
        // A turn that is scheduled finds nothing left to do.
        isDue = true
        guard !readTurn() else {
            context.schedule(after: 0) { [self] context in finish(context, body) }
            return
        }
        for stream in streams { stream.tail.finish { line in take(line, of: stream) } }
        flush()
        let warnings = streams.flatMap { stream -> [String] in
            guard stream.tail.isFound else { return ["telemetry: \(stream.source.file.name) was not there"] }
            let anew = stream.tail.wasBegunAnew ? ["it was begun anew while it was read; lines may be missing"] : []
            return (anew + stream.reader.warnings).map { "telemetry: \(stream.source.file.name): \($0)" }
        }
        body(warnings, context)
    }
}
