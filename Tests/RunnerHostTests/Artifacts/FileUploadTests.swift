import FoundationEssentials
import Glibc
import LynxModel
import NIOHTTP1
import Support
import Testing
import TestSupport

@testable import RunnerHost

@Suite("A runner uploads the files of its attempts", .timeLimit(.minutes(5)))
struct FileUploadTests {
    /// Has each attempt leave one output file and something printed.
    private func bench(content: String = "{}") throws -> RunnerBench {
        let bench = try RunnerBench(endsAtOnce: true)
        bench.engine.monitor.with { state in
            state.leaves = { key, directory in
                Self.write("\(directory)/output/deep/summary.json", content)
                Self.write("\(directory)/stdout.log", "hello from \(key.jobID)\n")
                Self.write("\(directory)/stderr.log", "")
                let hash = SHA256.hash(Data(content.utf8)).hexadecimal
                return [Artifact(path: "deep/summary.json", sizeBytes: Int64(content.utf8.count), sha256: hash, mediaType: "application/json")]
            }
        }
        return bench
    }

    private static func write(_ path: String, _ text: String) {
        do {
            try FileManager.default.createDirectory(
                at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: path))
        } catch {
            Issue.record(error)
        }
    }

    private func url(_ port: Int) -> String { "http://127.0.0.1:\(port)" }

    @Test("Files and logs are there when the job has ended")
    func uploads() async throws {
        let (bench, plane) = (try bench(), try RealControlPlane(keepsFiles: true))
        try await plane.run { port in
            let batch = try await plane.submit(runs: 3, port: port)
            try await bench.run(url: url(port)) { runner in
                try await bench.engine.wait { $0.runs.count == 3 && $0.running.isEmpty }
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
            }
            for index in 0..<3 {
                let file = try await plane.file("/jobs/\(batch)-\(index)/artifacts/deep/summary.json", port: port)
                #expect(file == "{}")
                let log = try await plane.file("/jobs/\(batch)-\(index)/logs/stdout", port: port)
                #expect(log == "hello from \(batch)-\(index)\n")
                let empty = try await plane.file("/jobs/\(batch)-\(index)/logs/stderr", port: port)
                #expect(empty == nil)
                let result: JobResult = try await plane.call(.GET, "/jobs/\(batch)-\(index)/results", port: port)
                #expect(result.metadata.warnings == [])
            }
        }
    }

    @Test("What a runner could not upload before it stopped, its successor uploads")
    func successor() async throws {
        let (bench, plane) = (try bench(), try RealControlPlane(keepsFiles: true))
        bench.engine.monitor.with { $0.endsAtOnce = false }
        let reserved = try await ScriptedServer.start { _ in .hangUp }
        let port = reserved.port
        try await reserved.stop()
        var options = RunnerBench.options
        options.drainGrace = .milliseconds(50)
        let batch = Monitor("")
        try await bench.run(url: url(port), capacity: 1, options: options) { runner in
            try await plane.run(port: port) { _ in
                let id = try await plane.submit(runs: 1, port: port)
                batch.with { $0 = id }
                try await bench.engine.wait { $0.started.count == 1 }
            }
            bench.engine.finishAll()
            try await runner.wait { $0.undelivered.count == 1 }
        }
        #expect(try bench.spooled().count == 1)
        try await plane.run(port: port) { _ in
            try await bench.run(url: url(port)) { runner in
                try await runner.wait { $0.isRegistered && $0.undelivered.isEmpty }
            }
            let file = try await plane.file("/jobs/\(batch.with { $0 })-0/artifacts/deep/summary.json", port: port)
            #expect(file == "{}")
        }
    }

    @Test("A file that has vanished, or become another, is a warning and not an endless loop")
    func vanished() async throws {
        let (bench, plane) = (try bench(), try RealControlPlane(keepsFiles: true))
        let whole = bench.engine.monitor.read { $0.leaves }
        bench.engine.monitor.with { state in
            state.leaves = { key, directory in
                var artifacts = whole(key, directory)
                // As long as it was, but not what it was.
                artifacts[0].sha256 = String(repeating: "1", count: 64)
                return artifacts + [Artifact(path: "gone", sizeBytes: 1, sha256: String(repeating: "0", count: 64), mediaType: "x/y")]
            }
        }
        try await plane.run { port in
            let batch = try await plane.submit(runs: 1, port: port)
            try await bench.run(url: url(port)) { runner in
                try await bench.engine.wait { $0.runs.count == 1 && $0.running.isEmpty }
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
            }
            let result: JobResult = try await plane.call(.GET, "/jobs/\(batch)-0/results", port: port)
            #expect(result.success)
            #expect(result.metadata.warnings.map { $0.prefix { $0 != " " } } == ["gone", "deep/summary.json"])
            let log = try await plane.file("/jobs/\(batch)-0/logs/stdout", port: port)
            #expect(log != nil)
        }
    }

    @Test("What is uploaded stays on the disk as configured", arguments: KeepOutputs.allCases)
    func kept(setting: KeepOutputs) async throws {
        let (bench, plane) = (try bench(), try RealControlPlane(keepsFiles: true))
        bench.engine.monitor.with { $0.endsAtOnce = false }
        var options = RunnerBench.options
        options.configuration.keepOutputs = setting
        try await plane.run { port in
            let batch = try await plane.submit(runs: 2, port: port)
            try await bench.run(url: url(port), options: options) { runner in
                try await bench.engine.wait { $0.started.count == 2 }
                for key in bench.engine.state.started {
                    bench.engine.finish(key, key.jobID.hasSuffix("-0") ? .success : .failure)
                }
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
            }
            let exists = (0..<2).map { FileManager.default.fileExists(atPath: bench.directory.file("runs/\(batch)/\(batch)-\($0)/attempt-1")) }
            #expect(exists == [setting == .always, setting != .never])
        }
    }

    @Test("What has no copy elsewhere stays when all else is removed")
    func uncollectedStays() async throws {
        let (bench, plane) = (try bench(), try RealControlPlane(keepsFiles: true))
        let whole = bench.engine.monitor.read { $0.leaves }
        let directory = bench.directory
        bench.engine.monitor.with { state in
            state.leaves = { key, attempt in
                let artifacts = whole(key, attempt)
                // The same name to a String, and another to the file system: the one was collected, the other not.
                Self.write("\(attempt)/output/deep/caf\u{E9}", "collected")
                Self.write("\(attempt)/output/deep/cafe\u{301}", "not collected")
                Self.write("\(attempt)/run_config.json", "{}")
                Self.write("\(attempt)/px4/dataman", "the engine's")
                let odd = Array("\(attempt)/output/deep/odd".utf8) + [0xFF, 0]
                let file = odd.withUnsafeBytes { open($0.baseAddress!.assumingMemoryBound(to: CChar.self), O_CREAT | O_WRONLY, 0o600) }
                #expect(file >= 0 && Glibc.write(file, "odd", 3) == 3)
                close(file)
                #expect(symlink("/elsewhere", "\(attempt)/output/link") == 0)
                #expect(mkfifo("\(attempt)/output/fifo", 0o600) == 0 && mkdir("\(attempt)/output/empty", 0o500) == 0)
                let hash = SHA256.hash(Data("collected".utf8)).hexadecimal
                return artifacts + [Artifact(path: "deep/caf\u{E9}", sizeBytes: 9, sha256: hash, mediaType: "x/y")]
            }
        }
        var options = RunnerBench.options
        options.configuration.keepOutputs = .never
        try await plane.run { port in
            let batch = try await plane.submit(runs: 1, port: port)
            try await bench.run(url: url(port), options: options) { runner in
                try await bench.engine.wait { $0.runs.count == 1 && $0.running.isEmpty }
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
            }
            let left = try await Program.run(
                "find", [".", "!", "-type", "d"], in: directory.file("runs/\(batch)/\(batch)-0"), environment: ["LC_ALL": "C"])
            // Some versions of find show what is not ASCII as ?, a byte each, and some as it is. The one that was collected has a byte less.
            let names = left.outputLines.map { $0.replacing("./attempt-1/output/", with: "") }.sorted()
            #expect(
                names.count == 3 && names[0].hasPrefix("deep/caf") && names[0].utf8.count == 11 && names[1].hasPrefix("deep/odd")
                    && names[2] == "link", "\(left.output)")
            #expect(!FileManager.default.fileExists(atPath: directory.file("runs/\(batch)/\(batch)-0/attempt-1/output/empty")))
        }
    }

    @Test("A cancel ends an upload that is under way")
    func cancelledUpload() async throws {
        let (bench, plane) = (try bench(), try RealControlPlane(keepsFiles: true))
        let whole = bench.engine.monitor.read { $0.leaves }
        let size: Int64 = 8 << 40
        bench.engine.monitor.with { state in
            state.leaves = { key, directory in
                var artifacts = whole(key, directory)
                // To be sent in days; on the disk it is nothing but a hole.
                #expect(truncate("\(directory)/output/deep/summary.json", off_t(size)) == 0)
                artifacts[0].sizeBytes = size
                return artifacts
            }
        }
        try await plane.run { port in
            let batch = try await plane.submit(runs: 1, port: port)
            try await bench.run(url: url(port)) { runner in
                // The simulation has ended; what takes so long now is the file.
                try await runner.wait { !$0.undelivered.isEmpty }
                let _: Job = try await plane.call(.POST, "/jobs/\(batch)-0/cancel", port: port)
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
            }
            let result: JobResult = try await plane.call(.GET, "/jobs/\(batch)-0/results", port: port)
            #expect(!result.success && result.metadata.outcome == .cancelled && result.metadata.warnings.count == 1)
            let job: Job = try await plane.call(.GET, "/jobs/\(batch)-0", port: port)
            #expect(job.status == .cancelled)
        }
    }

    @Test("Without a store, files stay where they are")
    func noStore() async throws {
        let (bench, plane) = (try bench(), try RealControlPlane())
        var options = RunnerBench.options
        options.configuration.keepOutputs = .never
        try await plane.run { port in
            let batch = try await plane.submit(runs: 1, port: port)
            try await bench.run(url: url(port), options: options) { runner in
                try await bench.engine.wait { $0.runs.count == 1 && $0.running.isEmpty }
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
            }
            #expect(FileManager.default.fileExists(atPath: bench.directory.file("runs/\(batch)/\(batch)-0/attempt-1/stdout.log")))
        }
    }
}
