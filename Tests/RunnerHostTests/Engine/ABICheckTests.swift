import EngineABI
import Foundation
import Glibc
import Logging
import TestSupport
import Testing

@testable import RunnerHost

@Suite("The debug mode that checks calls between host and engine", .timeLimit(.minutes(5)))
struct ABICheckTests {
    @Test("Nothing is told of an engine and a host that keep to the rules")
    func lawful() async throws {
        let bench = try await ABICheckBench()
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
        let bench = try await ABICheckBench(violation)
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
        let bench = try await ABICheckBench(violation == "reap early" ? "slow" : "none", isConfigured: violation != "prepare before configure")
        let table = bench.table
        if violation == "configure twice" { _ = RawSettings.withConfig([:]) { table.pointee.configure(table, $0, nil) } }
        if violation == "configure elsewhere" {
            let fresh = try await ABICheckBench(isConfigured: false)
            Thread.runElsewhere { _ = RawSettings.withConfig([:]) { fresh.table.pointee.configure(fresh.table, $0, nil) } }
            #expect(fresh.told.count == 1 && fresh.told[0].contains(rule), "\(fresh.told)")
            return
        }
        let job = bench.prepare()
        if violation == "terminate before launch" { table.pointee.terminate(job) }
        if violation == "launch on two threads" {
            let other = bench.prepare(2)
            nonisolated(unsafe) let handle = other
            Thread.runElsewhere { bench.waitForEnd(bench.launch(handle)) }
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
