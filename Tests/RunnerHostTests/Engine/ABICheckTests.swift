import EngineABI
import Foundation
import Glibc
import Logging
import TestSupport
import Testing

@testable import RunnerHost

@Suite("The debug mode that checks calls between host and engine", .timeLimit(.minutes(5)))
struct ABICheckTests {
    /// An engine under check, whose functions a test calls itself in the host's place.
    ///
    /// Sendable because only one thread at a time uses it.
    private final class Bench: @unchecked Sendable {
        let directory: TemporaryDirectory
        let recorder = LogRecorder()
        let table: UnsafePointer<lynx_engine>
        private let host: HostTable

        init(_ violation: String = "none", isConfigured: Bool = true) async throws {
            directory = try TemporaryDirectory()
            let library = try await EngineCompiler.compile(
                Repository.path("Tests/Fixtures/abi_engine.c"), ["-pthread"], to: directory.path + "/libABI.so")
            host = HostTable(logger: recorder.logger)
            let engine = try EngineLibrary(path: library, host: host.makeTable(), isChecked: true)
            table = engine.table
            if isConfigured { try engine.configure(["violate": violation]) }
        }

        /// What was told of broken rules.
        var told: [String] {
            recorder.entries.compactMap { entry in
                entry.metadata["message"].flatMap { $0.hasPrefix("ABI check: ") ? String($0.dropFirst("ABI check: ".count)) : nil }
            }
        }

        func prepare(_ token: UInt64 = 1) -> OpaquePointer? {
            let folder = directory.path + "/job-\(token)"
            try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            var handle: OpaquePointer?
            folder.withLynxString { folder in
                var job = lynx_job()
                job.struct_size = UInt32(MemoryLayout<lynx_job>.size)
                job.token = token
                job.attempt = 1
                job.directory = folder
                _ = table.pointee.prepare(table, &job, &handle, nil)
            }
            return handle
        }

        /// - Returns: the exit descriptor.
        @discardableResult
        func launch(_ job: OpaquePointer?) -> Int32 {
            var process = lynx_process(struct_size: UInt32(MemoryLayout<lynx_process>.size), pid: 0, exit_fd: -1)
            _ = table.pointee.launch(job, &process, nil)
            return process.exit_fd
        }

        func reap(_ job: OpaquePointer?) {
            var exit = lynx_exit()
            exit.struct_size = UInt32(MemoryLayout<lynx_exit>.size)
            _ = table.pointee.reap(job, &exit, nil)
        }

        func collect(_ job: OpaquePointer?) {
            let files = CollectedFiles()
            var collector = lynx_collector(
                struct_size: UInt32(MemoryLayout<lynx_collector>.size), context: Unmanaged.passUnretained(files).toOpaque(),
                output_directory: { CollectedFiles.of($0).outputDirectory = String(lynx: $1) }, artifact: { CollectedFiles.of($0).add($1!.pointee) },
                warning: { CollectedFiles.of($0).warn(String(lynx: $1)) }, max_file_bytes: .max, max_total_bytes: .max, is_cancelled: { _ in 0 })
            _ = table.pointee.collect(job, &collector, nil)
        }

        func waitForEnd(_ descriptor: Int32) {
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            poll(&wait, 1, -1)
        }

        /// A job's whole life.
        func run(_ token: UInt64 = 1) {
            guard let job = prepare(token) else { return }
            let end = launch(job)
            waitForEnd(end)
            reap(job)
            collect(job)
            table.pointee.release(job)
        }
    }

    @Test("Nothing is told of an engine and a host that keep to the rules")
    func lawful() async throws {
        let bench = try await Bench()
        for token in 1...3 { bench.run(UInt64(token)) }
        #expect(bench.told == [])
    }

    @Test("What an engine does against a rule is told in one line that names the rule", arguments: [
            (
                "emits_early", "engine abi called emit_telemetry for job 1, before launch",
                "lynx_host.emit_telemetry: [any & after launch & before reap returns]"
            ),
            (
                "emits_late", "engine abi called emit_telemetry for job 1, after reap returned",
                "lynx_host.emit_telemetry: [any & after launch & before reap returns]"
            ),
            (
                "emits_of_released", "engine abi called emit_telemetry for job 1, which is not between prepare and release",
                "[any & after launch & before reap returns]"
            ),
        ("rests_on_released", "engine abi called rests_on for job 1, which", "lynx_result_basis.rests_on: [any & between prepare and release]"),
        ("logs_of_released", "engine abi called log for job 1, which", "lynx_job_token: valid from prepare to the end of release"),
        ("no_exit_fd", "engine abi returned LYNX_OK from launch without an open exit_fd", "lynx_process.exit_fd"),
        ("no_handle", "engine abi returned LYNX_OK from prepare without a handle", "lynx_engine.prepare"),
        ("unknown_status", "engine abi returned the unknown status -77 from prepare", "lynx_status"),
        ("directory_twice", "engine abi called output_directory a second time", "lynx_collector.output_directory: called once, first"),
        ("artifact_first", "engine abi called artifact before output_directory", "lynx_collector.output_directory: called once, first"),
            (
                "collects_elsewhere", "engine abi called warning on another thread than that of collect",
                "lynx_collector: [the thread of collect & before it returns]"
            ),
        ("collects_late", "engine abi called warning after collect returned", "lynx_collector: [the thread of collect & before it returns]"),
    ])
    func engine(violation: String, what: String, rule: String) async throws {
        let bench = try await Bench(violation)
        bench.run(1)
        if violation.hasSuffix("released") { bench.run(2) }
        #expect(bench.told.count == 1, "\(bench.told)")
        #expect(bench.told.first?.hasPrefix(what) == true && bench.told.first?.contains(rule) == true, "\(bench.told)")
    }

    @Test("What the host does against a rule is told in the same way", arguments: [
        ("prepare before configure", "[main & before any prepare, once]"), ("configure twice", "[main & before any prepare, once]"),
        ("configure elsewhere", "[main & before any prepare, once]"), ("launch twice", "[launch & after prepare]"),
            ("launch on two threads", "[launch]: one thread for all launches of this engine"),
            ("terminate before launch", "[any & between launch and reap]"),
        ("terminate after reap", "[any & between launch and reap]"), ("reap early", "[job & exit_fd is readable]"),
        ("collect before reap", "[job & after reap]"), ("collect twice", "[job & after reap]"),
    ])
    func host(violation: String, rule: String) async throws {
        let bench = try await Bench(violation == "reap early" ? "slow" : "none", isConfigured: violation != "prepare before configure")
        let table = bench.table
        if violation == "configure twice" { _ = RawSettings.withConfig([:]) { table.pointee.configure(table, $0, nil) } }
        if violation == "configure elsewhere" {
            let fresh = try await Bench(isConfigured: false)
            Thread.run { _ = RawSettings.withConfig([:]) { fresh.table.pointee.configure(fresh.table, $0, nil) } }
            #expect(fresh.told.count == 1 && fresh.told[0].contains(rule), "\(fresh.told)")
            return
        }
        let job = bench.prepare()
        if violation == "terminate before launch" { table.pointee.terminate(job) }
        if violation == "launch on two threads" {
            let other = bench.prepare(2)
            nonisolated(unsafe) let handle = other
            Thread.run { bench.waitForEnd(bench.launch(handle)) }
            bench.reap(other)
            bench.collect(other)
            table.pointee.release(other)
        }
        let end = bench.launch(job)
        if violation == "launch twice" { bench.launch(job) }
        if violation == "collect before reap" { bench.collect(job) }
        if violation != "reap early" { bench.waitForEnd(end) }
        bench.reap(job)
        if violation == "terminate after reap" { table.pointee.terminate(job) }
        if violation != "collect before reap" { bench.collect(job) }
        if violation == "collect twice" { bench.collect(job) }
        table.pointee.release(job)
        // A call out of its order may make the next one appear so too.
        #expect(!bench.told.isEmpty && bench.told[0].contains("the host called") && bench.told[0].contains(rule), "\(bench.told)")
    }
}

extension Thread {
    /// Runs a function on a thread of its own, and waits for it.
    fileprivate static func run(_ body: @escaping @Sendable () -> Void) {
        let done = DispatchSemaphore(value: 0)
        Thread {
            body()
            done.signal()
        }.start()
        done.wait()
    }
}
