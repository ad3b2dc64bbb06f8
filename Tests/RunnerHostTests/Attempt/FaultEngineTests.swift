import EngineABI
import Foundation
import Logging
import LynxModel
import Synchronization
import Testing
import TestSupport

@testable import RunnerHost

@Suite("A job in an engine that misbehaves")
struct FaultEngineTests {
    @Test("What goes right is a success, with the engine's artifacts and warnings", arguments: EngineIsolation.allCases)
    func success(isolation: EngineIsolation) async throws {
        let report = await (try AttemptBench.fault(isolation: isolation)).fault("none")
        #expect(report.outcome == .success && report.result.success && report.result.errorMessage == nil)
        #expect(report.result.artifacts.map(\.path) == ["note.txt"])
        #expect(report.result.artifacts.first?.sha256 == "abcd" + String(repeating: "0", count: 60))
        #expect(report.result.outputFiles.first?.hasSuffix("/runs/batch/job/attempt-1/output/note.txt") == true)
        #expect(report.result.metadata.warnings == ["one thing to know"])
        #expect(report.result.metadata.engine == "fault" && report.result.metadata.engineVersion == "1.2.3")
    }

    @Test("Each way to fail is told apart, with what the engine said and whether another attempt may help", arguments: [
        ("exit_3", "exit code 3", true),
        ("prepare_invalid", "this job cannot be", false),
        ("prepare_nothing", "the engine prepared a job without giving a handle", true),
        ("launch_fails", "no such simulator", false),
        ("launch_nothing", "the engine launched a job without giving its process and exit descriptor", true),
        ("reap_fails", "lost count of my processes", true),
    ], EngineIsolation.allCases)
    func failures(_ fault: (name: String, message: String, isRetryable: Bool), isolation: EngineIsolation) async throws {
        let report = await (try AttemptBench.fault(isolation: isolation)).fault(fault.name)
        #expect(report.outcome == .failure && !report.result.success)
        #expect(report.result.errorMessage == fault.message)
        #expect(report.retryable == fault.isRetryable)
    }

    @Test("A run that succeeded stays a success when its files cannot be collected, and says so", arguments: EngineIsolation.allCases)
    func collectFails(isolation: EngineIsolation) async throws {
        let report = await (try AttemptBench.fault(isolation: isolation)).fault("collect_fails")
        #expect(report.outcome == .success)
        #expect(report.result.metadata.warnings == ["the output is out of reach"])
    }

    @Test("What a result rests on goes with it, the last word of the engine counts, and only for its own job", arguments: EngineIsolation.allCases)
    func basis(isolation: EngineIsolation) async throws {
        let bench = try await AttemptBench.fault(isolation: isolation)
        #expect(await bench.fault("rests_on_proof_1").result.metadata.basis == "proof_1")
        #expect(await bench.run(bench.assignment("other", type: "fault")).result.metadata.basis == nil)
    }

    @Test("What an engine takes back reaches the host in one line, also what it took back before anybody listened", arguments: EngineIsolation.allCases)
    func retraction(isolation: EngineIsolation) async throws {
        let bench = try await AttemptBench.fault(isolation: isolation)
        let heard = Mutex<[String]>([])
        let report = await bench.run(bench.assignment(type: "fault", parameters: ["fault": .string("retracts_proof")])) {
            _ = try? bench.directory.write("runs/batch/job/attempt-1/output/go", "")
        }
        #expect(report.outcome == .success)
        bench.host.onRetract { basis, reason in heard.withLock { $0.append("\(basis): \(reason)") } }
        #expect(heard.withLock { $0 } == ["proof: a sample differed from its cold run"])
        bench.host.onRetract { basis, _ in heard.withLock { $0.append(basis) } }
        #expect(heard.withLock { $0.count } == 1)
    }

    @Test("Of a basis 256 bytes count, whatever they are, on both ways")
    func longBasis() throws {
        let host = HostTable(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let table = host.makeTable()
        let basis = try #require(
            LYNX_EXTENSION_RESULT_BASIS.withLynxString { table.pointee.get_extension(table, $0) }?
                .assumingMemoryBound(to: lynx_result_basis.self))
        #expect("result_basis/2".withLynxString { table.pointee.get_extension(table, $0) } == nil)
        #expect(Int(basis.pointee.struct_size) == MemoryLayout<lynx_result_basis>.size)
        let heard = Mutex<[String]>([])
        host.onRetract { basis, _ in heard.withLock { $0.append(basis) } }
        let token = host.register(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) { _ in }
        let names: [[UInt8]] = [
            [UInt8](repeating: 0x61, count: 256), [UInt8](repeating: 0x61, count: 300), [0xFF, 0x00, 0x61],
            [0x61] + [UInt8](repeating: 0xC3, count: 299),
        ]
        for name in names {
            name.withUnsafeBytes { bytes in
                let text = lynx_string(data: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), size: bytes.count)
                basis.pointee.rests_on(table, token, text)
                basis.pointee.retract(table, text, text)
            }
            let kept = try #require(host.basis(of: token))
            #expect(kept == heard.withLock { $0.last } && kept.utf8.count <= Retraction.mostBasisBytes)
        }
        #expect(heard.withLock { $0[0] == $0[1] })
        // None, and another's.
        basis.pointee.retract(table, lynx_string(data: nil, size: 0), lynx_string(data: nil, size: 0))
        #expect(heard.withLock { $0.count } == names.count)
        basis.pointee.rests_on(table, token, lynx_string(data: nil, size: 0))
        #expect(host.basis(of: token) == nil)
        host.forget(token)
        "late".withLynxString { basis.pointee.rests_on(table, token, $0) }
        #expect(host.basis(of: token) == nil)
    }

    @Test("A process that the engine left behind is ended by the host", arguments: EngineIsolation.allCases)
    func stray(isolation: EngineIsolation) async throws {
        let bench = try await AttemptBench.fault(isolation: isolation)
        let report = await bench.fault("leaves_stray")
        #expect(report.outcome == .success)
        let pid = try #require(Int32(try bench.directory.read("runs/batch/job/attempt-1/output/stray").trimmingCharacters(in: .newlines)))
        #expect(!isRunning(pid))
    }

    @Test("Telemetry that the engine emits is kept, and judged", arguments: EngineIsolation.allCases)
    func engineTelemetry(isolation: EngineIsolation) async throws {
        let bench = try await AttemptBench.fault(isolation: isolation)
        let report = await bench.run(
            bench.assignment(
                type: "fault", parameters: ["fault": .string("emits")],
                conditions: [StoppingCondition(name: "fence", variable: "fault.level", operator: .gt, threshold: 120, units: "m")]))
        #expect(report.outcome == .breach && !report.retryable)
        #expect(report.result.errorMessage == "early termination 'fence': fault.level = 200 m > 120 m at t = 2 s")
        #expect(report.result.metadata.exitSignal == SIGKILL)
        #expect(report.result.telemetryData["fault.level"]?.values == [1, 200])
    }

    @Test("A simulation type that no engine serves is a failure that is not retried")
    func unknownType() async throws {
        let bench = try await AttemptBench.fault()
        let report = await bench.run(bench.assignment(type: "px4_sitl"))
        #expect(report.outcome == .failure && !report.retryable)
        #expect(report.result.errorMessage == "simulation.type 'px4_sitl' is served by no engine of this runner; it has fault")
    }

    @Test("Names that would lead out of the output root are refused", arguments: ["../escape", ".hidden", "a/b", ""])
    func unsafeNames(jobID: String) async throws {
        let bench = try await AttemptBench.fault()
        let report = await bench.run(bench.assignment(jobID, type: "fault"))
        #expect(report.outcome == .failure && !report.retryable)
        #expect(report.result.errorMessage == "'\(jobID)' cannot be the name of a directory")
    }

    @Test("An attempt whose number has been before runs in a directory of its own, and what is there already stays")
    func directoryTwice() async throws {
        let bench = try await AttemptBench.fault()
        #expect(await bench.fault("none").outcome == .success)
        try bench.directory.write("runs/batch/job/attempt-1/output/note.txt", "of the first")
        for number in 2...3 {
            let report = await bench.fault("none")
            #expect(report.outcome == .success)
            let directory = bench.directory.file("runs/batch/job/attempt-1.\(number)")
            #expect(report.result.metadata.directory == directory)
            #expect(report.result.outputFiles == ["\(directory)/output/note.txt"])
        }
        #expect(try bench.directory.read("runs/batch/job/attempt-1/output/note.txt") == "of the first")
    }

    @Test("Files whose names are more than a result can list are left out, said so, and stay; those at the top are listed", arguments: EngineIsolation.allCases)
    func longNames(isolation: EngineIsolation) async throws {
        let bench = try await AttemptBench.fault(isolation: isolation)
        let report = await bench.fault("long_names")
        #expect(report.outcome == .success)
        let listed = report.result.artifacts.map(\.path)
        #expect(listed.last == "note.txt" && listed.count > 1000 && listed.count < 60_000)
        #expect(report.result.outputFiles.count == listed.count)
        #expect(try WireJSON.encode(report).count < 50 << 20)
        let warning = try #require(report.result.metadata.warnings.first { $0.hasPrefix(CollectedFiles.isLeftOut) })
        #expect(warning.hasPrefix("not collected are \(60_001 - listed.count) of 60001 output files, 'deep/"))
        #expect(warning.contains("48 MiB") && warning.hasSuffix("all are in \(bench.directory.file("runs/batch/job/attempt-1/output"))"))
    }

    @Test("A job whose name looks like an attempt's directory gets a second attempt like any other")
    func attemptAsName() async throws {
        let bench = try await AttemptBench.fault()
        var assignment = bench.assignment("attempt-1", type: "fault")
        #expect(await bench.run(assignment).outcome == .success)
        assignment.attempt = 2
        #expect(await bench.run(assignment).outcome == .success)
    }

    @Test("A number that no attempt can have fails the job, not the host", arguments: [-1, Int(UInt32.max) + 1])
    func impossibleAttempt(number: Int) async throws {
        let bench = try await AttemptBench.fault()
        var assignment = bench.assignment(type: "fault")
        assignment.attempt = number
        let report = await bench.run(assignment)
        #expect(report.outcome == .failure && !report.retryable)
        #expect(report.result.errorMessage == "\(number) cannot be the number of an attempt")
    }

    @Test("Without a place to note that it runs nothing is launched, and the reason is one line")
    func noRecord() async throws {
        let bench = try await AttemptBench.fault()
        try FileManager.default.removeItem(atPath: bench.directory.path + "/running")
        let report = await bench.fault("none")
        #expect(report.outcome == .lost && report.lossCause == .machine && report.result.metadata.startedAt == nil)
        #expect(report.result.errorMessage == "cannot create \(bench.directory.path)/running/1.json: No such file or directory")
    }
}
