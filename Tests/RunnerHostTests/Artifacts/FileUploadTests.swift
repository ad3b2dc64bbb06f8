import Crypto
import FoundationEssentials
import Glibc
import LynxModel
import NIOHTTP1
import Testing
import TestSupport

@testable import RunnerHost

@Suite("A runner uploads the files of its attempts", .timeLimit(.minutes(5)))
struct FileUploadTests {
    /// Has each attempt leave one output file and something printed.
    private func bench(content: String = "{}") throws -> RunnerBench {
        let bench = try RunnerBench(endsAtOnce: true)
        let directory = bench.directory
        bench.executor.monitor.with { state in
            state.amend = { report in
                let name = "runs/\(report.jobID)/attempt-\(report.attempt)"
                do {
                    try directory.write("\(name)/output/deep/summary.json", content)
                    try directory.write("\(name)/stdout.log", "hello from \(report.jobID)\n")
                    try directory.write("\(name)/stderr.log", "")
                } catch {
                    Issue.record(error)
                }
                report.result.metadata.directory = directory.file(name)
                report.result.outputFiles = [directory.file("\(name)/output/deep/summary.json")]
                let hash = SHA256.hash(data: Data(content.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                report.result.artifacts = [
                    Artifact(path: "deep/summary.json", sizeBytes: Int64(content.utf8.count), sha256: hash, mediaType: "application/json")
                ]
            }
        }
        return bench
    }

    private func url(_ port: Int) -> String { "http://127.0.0.1:\(port)" }

    @Test("Files and logs are there when the job has ended")
    func uploads() async throws {
        let (bench, plane) = (try bench(), try RealControlPlane(keepsFiles: true))
        try await plane.run { port in
            let batch = try await plane.submit(runs: 3, port: port)
            try await bench.run(url: url(port)) { runner in
                try await bench.executor.wait { $0.runs.count == 3 && $0.running.isEmpty }
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
        bench.executor.monitor.with { $0.endsAtOnce = false }
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
                try await bench.executor.wait { $0.started.count == 1 }
            }
            bench.executor.monitor.with { $0.endsAtOnce = true }
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
        let whole = bench.executor.monitor.with { $0.amend }
        bench.executor.monitor.with { state in
            state.amend = { report in
                whole(&report)
                report.result.artifacts.append(Artifact(path: "gone", sizeBytes: 1, sha256: String(repeating: "0", count: 64), mediaType: "x/y"))
                report.result.outputFiles.append("/nowhere/gone")
                // As long as it was, but not what it was.
                report.result.artifacts[0].sha256 = String(repeating: "1", count: 64)
            }
        }
        try await plane.run { port in
            let batch = try await plane.submit(runs: 1, port: port)
            try await bench.run(url: url(port)) { runner in
                try await bench.executor.wait { $0.runs.count == 1 && $0.running.isEmpty }
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
        bench.executor.monitor.with { $0.endsAtOnce = false }
        var options = RunnerBench.options
        options.keepOutputs = setting
        try await plane.run { port in
            let batch = try await plane.submit(runs: 2, port: port)
            try await bench.run(url: url(port), options: options) { runner in
                try await bench.executor.wait { $0.started.count == 2 }
                for key in bench.executor.state.started {
                    bench.executor.monitor.with { $0.endings[key] = key.jobID.hasSuffix("-0") ? .success : .failure }
                }
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
            }
            let exists = (0..<2).map { FileManager.default.fileExists(atPath: bench.directory.file("runs/\(batch)-\($0)/attempt-1")) }
            #expect(exists == [setting == .always, setting != .never])
        }
    }

    @Test("Without a store, files stay where they are")
    func noStore() async throws {
        let (bench, plane) = (try bench(), try RealControlPlane())
        var options = RunnerBench.options
        options.keepOutputs = .never
        try await plane.run { port in
            let batch = try await plane.submit(runs: 1, port: port)
            try await bench.run(url: url(port), options: options) { runner in
                try await bench.executor.wait { $0.runs.count == 1 && $0.running.isEmpty }
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
            }
            #expect(FileManager.default.fileExists(atPath: bench.directory.file("runs/\(batch)-0/attempt-1/stdout.log")))
        }
    }
}
