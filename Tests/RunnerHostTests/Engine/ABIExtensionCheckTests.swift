import EngineABI
import Foundation
import TestSupport
import Testing

@testable import RunnerHost

@Suite("The debug mode that checks calls between host and engine, in extensions", .timeLimit(.minutes(5)))
struct ABIExtensionCheckTests {
    private static let engine = "extension_engine.c"

    @Test("Nothing is told of an engine and a host that keep to the rules", arguments: ["none", "spawn_in_line"])
    func lawful(way: String) async throws {
        let bench = try await ABICheckBench(way, source: Self.engine)
        let (workers, keys) = lists(bench)
        let scenarios = try bench.extended(LYNX_EXTENSION_SCENARIOS, as: lynx_scenarios.self)
        #expect(RawSettings.withConfig([:]) { scenarios.check(bench.table, $0, nil) } == LYNX_OK && scenarios.has_default(bench.table) == 1)
        #expect(try bench.extended(LYNX_EXTENSION_CONFIGURATION, as: lynx_configuration.self).most_jobs(bench.table, 3) == 3)
        #expect(workers == 1 && keys == 1)
        for token in 1...3 { bench.run(UInt64(token)) }
        let job = bench.prepare(4) { job in
            job.setting_count = 0
            job.control_group_count = 0
        }
        let end = bench.launch(job)
        #expect(try bench.extended(LYNX_EXTENSION_SOFT_STOP, as: lynx_soft_stop.self).stop(job, 0, 0) == 0)
        bench.table.pointee.terminate(job)
        bench.waitForEnd(end)
        bench.reap(job)
        bench.collect(job)
        bench.table.pointee.release(job)
        #expect(bench.told == [])
    }

    @Test("The table of an extension is the same each time")
    func isConstant() async throws {
        let bench = try await ABICheckBench(source: Self.engine)
        for name in [LYNX_EXTENSION_WARM_WORKERS, LYNX_EXTENSION_SCENARIOS, LYNX_EXTENSION_SOFT_STOP, LYNX_EXTENSION_CONFIGURATION, LYNX_EXTENSION_CONFINEMENT] {
            let find = { name.withLynxString { bench.table.pointee.get_extension(bench.table, $0) } }
            let (first, second) = (find(), find())
            #expect(first != nil && first == second, "\(name)")
        }
        #expect("other/1".withLynxString { bench.table.pointee.get_extension(bench.table, $0) } == nil)
    }

    @Test("What an engine does against a rule of process/1 is told in one line that names the rule", arguments: [
        ("open_elsewhere", "open of process/1 for job 1 on another thread than that of prepare", "lynx_process_control.open: [job & in prepare]"),
        ("open_late", "open of process/1 for job 1 outside of prepare", "lynx_process_control.open: [job & in prepare]"),
        ("spawn_early", "spawn of process/1 for job 1 outside of launch", "lynx_process_control.spawn: [any & in launch, in on_line or in on_exit]"),
        ("spawn_late", "spawn of process/1 for job 1 outside of launch", "lynx_process_control.spawn: [any & in launch, in on_line or in on_exit]"),
        ("spawn_closed", "spawn of process/1 for job 1 after close", "lynx_process_control.spawn: [any & in launch, in on_line or in on_exit]"),
        ("signal_closed", "signal of process/1 for job 1 after close", "lynx_process_control.signal: [any & before close]"),
        ("kill_closed", "kill of process/1 for job 1 after close", "lynx_process_control.kill: [any & before close]"),
        ("reap_elsewhere", "reap of process/1 for job 1 on a thread", "lynx_process_control.reap: [job & exit_fd is readable, once]"),
        ("reap_early", "reap of process/1 for job 1 before exit_fd is readable", "lynx_process_control.reap: [job & exit_fd is readable, once]"),
        ("reap_twice", "reap of process/1 for job 1 a second time", "lynx_process_control.reap: [job & exit_fd is readable, once]"),
        ("collect_elsewhere", "collect of process/1 for job 1 on a thread", "lynx_process_control.collect: [job & after reap]"),
        ("collect_unreaped", "collect of process/1 for job 1 before reap", "lynx_process_control.collect: [job & after reap]"),
        ("close_elsewhere", "close of process/1 for job 1 on a thread", "lynx_process_control.close: [job & last]"),
        ("close_in_line", "close of process/1 for job 1 in on_line", "lynx_process_control.close: [job & last]"),
        ("close_twice", "close of process/1 for job 1 after close", "lynx_process_control.close: [job & last]"),
        ("left_open", "close of process/1 for job 1 by the end of release", "lynx_process_control.open: every *out is closed once"),
        ("left_open_by_prepare", "close of process/1 for job 1 by the end of a prepare that failed", "lynx_process_control.open: every *out is closed once"),
    ])
    func engine(violation: String, what: String, rule: String) async throws {
        let bench = try await ABICheckBench(violation, source: Self.engine)
        bench.run(1)
        // The threads of collect_elsewhere are also not those of the collector.
        let told = bench.told.filter { !$0.contains("lynx_collector") }
        #expect(told.count == 1, "\(bench.told)")
        #expect(told.first.map { $0.hasPrefix("engine extended ") && $0.contains(what) && $0.contains("engine_extensions.h, \(rule)") } == true, "\(bench.told)")
    }

    @Test("An engine that passes entries after the end of list is told of, and they reach nobody", arguments: [
        ("takes_late", "engine_extensions.h, lynx_warm_workers.list"), ("takes_key_late", "engine_configuration.h, lynx_configuration.list"),
    ])
    func takesLate(violation: String, rule: String) async throws {
        let bench = try await ABICheckBench(violation, source: Self.engine)
        _ = lists(bench)
        let taken = lists(bench)
        #expect(taken.workers == 1 && taken.keys == 1)
        // The configuration was also listed when the engine was loaded.
        #expect(!bench.told.isEmpty && bench.told.allSatisfy { $0.hasPrefix("engine extended called take after list returned") && $0.contains(rule) }, "\(bench.told)")
    }

    @Test("A status that the header does not have is told of")
    func unknownStatus() async throws {
        let bench = try await ABICheckBench("unknown_status_of_check", source: Self.engine)
        let scenarios = try bench.extended(LYNX_EXTENSION_SCENARIOS, as: lynx_scenarios.self)
        _ = RawSettings.withConfig([:]) { scenarios.check(bench.table, $0, nil) }
        #expect(bench.told.count == 1 && bench.told[0].contains("returned the unknown status -77 from check of scenarios/1"), "\(bench.told)")
    }

    @Test("What the host asks an engine before configure is told of", arguments: [
        ("list of warm_workers/1", "lynx_warm_workers.list"), ("check of scenarios/1", "lynx_scenarios.check"),
        ("has_default of scenarios/1", "lynx_scenarios.has_default"), ("most_jobs of configuration/1", "lynx_configuration.most_jobs"),
    ])
    func early(function: String, name: String) async throws {
        let bench = try await ABICheckBench(source: Self.engine, isConfigured: false)
        let scenarios = try bench.extended(LYNX_EXTENSION_SCENARIOS, as: lynx_scenarios.self)
        switch name {
        case "lynx_warm_workers.list":
            try bench.extended(LYNX_EXTENSION_WARM_WORKERS, as: lynx_warm_workers.self).list(bench.table, { _, _ in }, nil)
        case "lynx_scenarios.check": _ = RawSettings.withConfig([:]) { scenarios.check(bench.table, $0, nil) }
        case "lynx_scenarios.has_default": _ = scenarios.has_default(bench.table)
        default: _ = try bench.extended(LYNX_EXTENSION_CONFIGURATION, as: lynx_configuration.self).most_jobs(bench.table, 1)
        }
        #expect(bench.told.count == 1, "\(bench.told)")
        #expect(bench.told.first.map { $0.hasPrefix("the host called \(function) of engine extended before configure") && $0.contains("\(name): [any & after configure]") } == true, "\(bench.told)")
    }

    @Test("A host that asks a simulation to end when it may not is told of", arguments: ["before launch", "after reap", "a second time"])
    func stop(when: String) async throws {
        let bench = try await ABICheckBench("slow", source: Self.engine)
        let stop = try bench.extended(LYNX_EXTENSION_SOFT_STOP, as: lynx_soft_stop.self).stop!
        let job = bench.prepare()
        if when == "before launch" { _ = stop(job, 0, 0) }
        let end = bench.launch(job)
        if when == "a second time" { for _ in 0..<2 { _ = stop(job, 0, 0) } }
        bench.table.pointee.terminate(job)
        bench.waitForEnd(end)
        bench.reap(job)
        if when == "after reap" { _ = stop(job, 0, 0) }
        bench.table.pointee.release(job)
        #expect(bench.told.count == 1, "\(bench.told)")
        #expect(bench.told.first.map { $0.hasPrefix("the host called stop of engine extended \(when)") && $0.contains("lynx_soft_stop.stop: [any & between launch and reap, at most once]") } == true, "\(bench.told)")
    }

    @Test("A host that gives an engine what only an extension brings is told of", arguments: ["settings", "launcher", "control groups"])
    func reserved(field: String) async throws {
        for flags in [["-DPLAIN"], []] {
            let bench = try await ABICheckBench(source: Self.engine, flags)
            let (setting, word) = (UnsafeMutablePointer<lynx_setting>.allocate(capacity: 1), UnsafeMutablePointer<lynx_string>.allocate(capacity: 1))
            defer {
                setting.deallocate()
                word.deallocate()
            }
            word.initialize(to: lynx_string(data: nil, size: 0))
            setting.initialize(to: lynx_setting(key: word.pointee, value: word.pointee))
            let job = bench.prepare { job in
                switch field {
                case "settings": (job.settings, job.setting_count) = (UnsafePointer(setting), 1)
                case "launcher": (job.launcher, job.launcher_count) = (UnsafePointer(word), 1)
                default: (job.control_groups, job.control_group_count) = (UnsafePointer(word), 1)
                }
            }
            bench.table.pointee.release(job)
            #expect(bench.told.count == (flags.isEmpty ? 0 : 1), "\(bench.told)")
            let rule = field == "settings" ? "lynx_job.settings: only an engine with the extension scenarios/1" : "lynx_job.launcher: both only for an engine with"
            #expect(bench.told.allSatisfy { $0.hasPrefix("the host called prepare of engine extended with") && $0.contains(rule) }, "\(bench.told)")
        }
    }

    /// How many entries the engine's two lists have.
    private func lists(_ bench: ABICheckBench) -> (workers: Int, keys: Int) {
        var (workers, keys) = (0, 0)
        withUnsafeMutablePointer(to: &workers) { workers in
            try? bench.extended(LYNX_EXTENSION_WARM_WORKERS, as: lynx_warm_workers.self).list(
                bench.table, { context, _ in context!.assumingMemoryBound(to: Int.self).pointee += 1 }, workers)
        }
        withUnsafeMutablePointer(to: &keys) { keys in
            try? bench.extended(LYNX_EXTENSION_CONFIGURATION, as: lynx_configuration.self).list(
                bench.table, { context, _ in context!.assumingMemoryBound(to: Int.self).pointee += 1 }, keys)
        }
        return (workers, keys)
    }
}
