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

    init(_ sources: [Source], token: UInt64, host: HostHandle, _ context: LoopContext) {
        self.token = token
        self.host = host
        let begin = context.now
        streams = sources.map { Stream($0, begin: begin) }
        files = context.local(FileWatch.init).subscribe(sources.map(\.file.path), context) { [weak self] _ in self?.read() }
        read()
    }

    private func read() {
        for stream in streams { stream.tail.read { line in take(line, of: stream) } }
        flush()
    }

    private func take(_ line: ArraySlice<UInt8>, of stream: Stream) {
        stream.reader.read(line) { name, units, time, value in samples.add(name, units, time, value) }
        // What waits is bounded, and a condition is evaluated soon.
        if samples.count >= 4096 { flush() }
    }

    private func flush() { samples.drain { host.emit(job: token, $0) } }

    /// Reads what has come last. Returns a warning for each source without telemetry.
    func finish(_ context: LoopContext) -> [String] {
        files = nil
        for stream in streams { stream.tail.finish { line in take(line, of: stream) } }
        flush()
        return streams.flatMap { stream -> [String] in
            guard stream.tail.isFound else { return ["telemetry: \(stream.source.file.name) was not there"] }
            return stream.reader.warnings.map { "telemetry: \(stream.source.file.name): \($0)" }
        }
    }
}
