import Foundation
import Glibc
import Logging
import LynxModel
import Testing
import TestSupport

@testable import RunnerHost

@Suite("An engine in a process of its own that misbehaves", .timeLimit(.minutes(10)))
struct IsolationTests {
    /// The fault, and what the message says of it.
    private static let defects = [
        ("prepare_aborts", "ended with SIGABRT in prepare at libFault.so"),
        ("launch_aborts", "ended with SIGABRT in launch at libFault.so"),
        ("reap_aborts", "ended with SIGABRT in reap at libFault.so"),
        ("collect_aborts", "ended with SIGABRT in collect at libFault.so"),
        ("launch_segfaults", "ended with SIGSEGV in launch"),
        ("launch_loops", "did not return from launch within 3 s"),
        ("launch_leaks", "of memory; its memory_limit_mb is 256"),
        ("launch_closes", "was ended: engine fault has closed descriptors that are not its own, in launch or beside it"),
        ("prepare_corrupts", "in prepare"),
        ("reap_unmasks", "was ended: engine fault has changed the signal mask of a thread that is not its own, in reap"),
        ("collect_exits", "ended with exit code 0 in collect"),
        ("launch_forks", "ended with exit code 0 in launch"),
        ("launch_kills_parent", "ended with SIGKILL in launch"),
    ]

    @Test("It costs its own attempt, which is lost and says to what; all jobs of other engines complete, and its next one too", arguments: defects)
    func defect(fault: String, message: String) async throws {
        let bench = try await AttemptBench.twoFaults(patience: .seconds(3), isolation: .process)
        async let healthy = withTaskGroup(of: AttemptReport.self) { group in
            var done = 0
            for number in 0..<20 {
                group.addTask { await bench.run(bench.assignment("other-\(number)", type: "other", parameters: ["fault": .string("none")])) }
            }
            for await report in group where report.outcome == .success { done += 1 }
            return done
        }
        let report = await bench.fault(fault)
        let cause: LossCause = message.contains("did not return") ? .hung : .crashed
        #expect(
            report.outcome == .lost && report.retryable && report.lossCause == cause,
            "\(report.lossCause as Any) \(report.outcome) \(report.result.errorMessage ?? "")")
        let text = try #require(report.result.errorMessage)
        #expect(text.hasPrefix("the process of engine fault ") && text.contains(message), "\(text)")
        #expect(await healthy == 20)
        // The first process of a row is replaced at once.
        let next = await bench.fault("none", job: "next")
        #expect(next.outcome == .success, "\(next.result.errorMessage ?? "")")
    }

    @Test("A crash in terminate or release, or after a breach, leaves the attempt its own end", arguments: ["terminate_aborts", "release_aborts"])
    func afterTheEnd(fault: String) async throws {
        let bench = try await AttemptBench.twoFaults(patience: .seconds(30), isolation: .process)
        let assignment = bench.assignment(type: "fault", parameters: ["fault": .string(fault)])
        if fault == "release_aborts" {
            #expect(await bench.run(assignment).outcome == .success)
        } else {
            #expect(await bench.run(assignment, stopping: .cancelled).outcome == .cancelled)
        }
        #expect(await bench.fault("none", job: "next").outcome == .success)
    }

    @Test(
        "Its simulations end with it, also those that nobody calls about, and their attempts are lost",
        arguments: ["launch_aborts", "launch_kills_parent"])
    func simulations(fault: String) async throws {
        let bench = try await AttemptBench.twoFaults(patience: .seconds(30), isolation: .process)
        let started = Monitor(0)
        let waiting = (0..<3).map { number in
            bench.attempt(bench.assignment("sleeper-\(number)", type: "fault", parameters: ["fault": .string("sleeps")])) { started.with { $0 += 1 } }
        }
        await withTaskGroup(of: AttemptReport.self) { group in
            for attempt in waiting { group.addTask { await bench.run(attempt) } }
            try? await started.reach { $0 == 3 }
            // A guardian that was only just forked has the environment of its spawner until it has executed the simulation.
            while Self.simulations(below: bench.directory.path).count < 3 { try? await Task.sleep(for: .milliseconds(5)) }
            #expect(await bench.fault(fault).outcome == .lost)
            for await report in group {
                #expect(report.outcome == .lost && report.result.metadata.startedAt != nil)
                #expect(report.result.errorMessage?.hasPrefix("the process of engine fault ended with ") == true)
            }
        }
        #expect(Self.simulations(below: bench.directory.path).isEmpty)
    }

    /// The pids of simulations whose output directory lies below a folder.
    private static func simulations(below folder: String) -> [Int32] {
        let wanted = Data("TETRYX_OUTPUT_DIR=\(folder)/".utf8)
        return ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }.filter { pid in
            FileManager.default.contents(atPath: "/proc/\(pid)/environ")?.split(separator: 0).contains { $0.starts(with: wanted) } ?? false
        }
    }

    @Test("After a second end in a row it rests: jobs are lost to the runner's trouble, not counted, until it is tried again")
    func rest() async throws {
        let bench = try await AttemptBench.twoFaults(patience: .seconds(30), isolation: .process)
        let troubles = Monitor<[String: EngineTrouble]>([:])
        bench.conditions.observe { troubles.with { $0 = bench.conditions.troubles } }
        #expect(await bench.fault("launch_aborts", job: "first").lossCause == .crashed)
        #expect(bench.conditions.troubles.isEmpty)
        #expect(await bench.fault("launch_aborts", job: "second").lossCause == .crashed)
        let trouble = try #require(bench.conditions.troubles["fault"])
        #expect(trouble.reason.hasPrefix("the process of engine fault ended with SIGABRT in launch") && trouble.retryAt != nil)
        #expect(await bench.run(bench.assignment("other", type: "other", parameters: ["fault": .string("none")])).outcome == .success)
        let early = await bench.fault("none", job: "early")
        // On a machine that was slow enough the rest is over.
        #expect(early.outcome == .success || early.outcome == .lost && early.lossCause == .trouble)
        while await bench.fault("none", job: UUID().uuidString).outcome != .success { try await Task.sleep(for: .milliseconds(50)) }
        await bench.conditions.recheck()
        #expect(bench.conditions.troubles.isEmpty)
        // A job was completed, so that the next end is the first again.
        #expect(await bench.fault("launch_aborts", job: "third").lossCause == .crashed)
        #expect(await bench.fault("none", job: "last").outcome == .success)
    }

    @Test("The pause before the next process grows from nothing to five minutes")
    func pauses() {
        #expect([0, 1, 2, 3, 9, 10, 1000].map(IsolatedEngine.pause) == [0, 1, 2, 4, 256, 300, 300].map { .seconds($0) })
    }

    @Test("A hung call that is not waited for any more ends the process only when its time is over")
    func cancelledCall() async throws {
        let bench = try await AttemptBench.twoFaults(patience: .seconds(600), isolation: .process)
        let attempt = bench.attempt(bench.assignment(type: "fault", parameters: ["fault": .string("prepare_hangs")]))
        async let report = bench.run(attempt)
        while !bench.isPrepared("job") { try await Task.sleep(for: .milliseconds(1)) }
        attempt.stop(.cancelled)
        #expect(await report.outcome == .cancelled)
        #expect(await bench.fault("none", job: "next").outcome == .success)
        try bench.letGo("job")
    }
}

@Suite("An engine in a process of its own", .timeLimit(.minutes(5)))
struct IsolatedEngineTests {
    private let directory: TemporaryDirectory
    private let host: HostTable

    init() throws {
        directory = try TemporaryDirectory()
        host = HostTable(logger: .init(label: "test"))
    }

    private func catalog(_ policy: IsolationPolicy = EngineFixtures.isolation(patience: .seconds(60))) -> EngineCatalog {
        EngineCatalog(searchPath: [directory.path], host: host.makeTable(), isolation: policy)
    }

    @Test("Its library is never loaded into the host, and its table says what the engine's does")
    func loaded() async throws {
        let path = try await EngineFixtures.fault(in: directory)
        let engine = try #require(catalog().engine("fault"))
        #expect(engine.displayName == "Fault engine" && engine.version == "1.2.3" && engine.path == path && engine.isolated != nil)
        #expect(try !String(contentsOfFile: "/proc/self/maps", encoding: .utf8).contains(path))
        let failure = #expect(throws: EngineFailure.self) { try engine.configure(["refuse": "yes"]) }
        #expect(failure?.message == "refuse: set, so this configuration is refused" && failure?.kind == .invalid)
        let workers = try #require(engine.warmWorkers())
        #expect(workers.map(\.entrypoint) == ["a.py", "b.py", "c.py", ""])
        #expect(workers.first?.pid == 4711 && workers.first?.jobsStarted == 3 && workers.map(\.state) == [.ready, .starting, .off, .off])
    }

    @Test("By default one from the host's own folders runs in the host, and the configuration has the last word", arguments: [
        (true, nil, false), (false, nil, true), (true, EngineIsolation.process, true), (false, EngineIsolation.inProcess, false),
    ] as [(Bool, EngineIsolation?, Bool)])
    func placement(isOwn: Bool, chosen: EngineIsolation?, isIsolated: Bool) async throws {
        _ = try await EngineFixtures.fault(in: directory)
        let policy = IsolationPolicy(
            program: Repository.products + "/runner-host", ownFolders: isOwn ? [directory.path + "/"] : [],
            chosen: chosen.map { ["fault": $0] } ?? [:],
            patience: .seconds(60), logger: .init(label: "test"))
        #expect((catalog(policy).engine("fault")?.isolated != nil) == isIsolated)
    }

    @Test("What is refused in the host is refused for the same reason, and what crashes while it is loaded too")
    func refusals() async throws {
        try directory.write("text.so", "just text")
        _ = try await EngineFixtures.library("int other(void) { return 1; }\n", in: directory, as: "other.so")
        _ = try await EngineFixtures.library("const char lynx_engine_part = 1;\n", in: directory, as: "part.so")
        _ = try await EngineFixtures.library(
            "#include <stdlib.h>\n__attribute__((constructor)) static void begin(void) { abort(); }\n", in: directory, as: "crash.so")
        let refused = Dictionary(uniqueKeysWithValues: catalog().refused.map { ($0.path.split(separator: "/").last ?? "", $0.reason) })
        #expect(refused.count == 3 && refused["text.so"] == .notALibrary && refused["other.so"] == .noEntrySymbol)
        guard case .crashed(let reason) = refused["crash.so"] else { return #expect(Bool(false), "\(refused)") }
        #expect(reason.hasPrefix("its process ended with SIGABRT in loading"), "\(reason)")
    }

    @Test("A configuration that crashes it is an error of one line")
    func configurationCrashes() async throws {
        _ = try await EngineFixtures.fault(in: directory)
        let engine = try #require(catalog().engine("fault"))
        let failure = #expect(throws: EngineFailure.self) { try engine.configure(["abort": "yes"]) }
        #expect(failure?.kind == .crashed && failure?.message.hasPrefix("the process of engine fault ended with SIGABRT in configure") == true)
    }
}
