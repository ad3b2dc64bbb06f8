import Foundation
import LynxModel
import TestSupport
import Testing

@testable import RunnerHost

/// One at a time: the port is the machine's.
@Suite("A ground station on the machine that flies PX4", .serialized, .timeLimit(.minutes(5)))
struct PX4GroundStationTests {
    /// A px4 of which the first start has a ground station for a partner on the ground link.
    private func lostPX4(_ directory: TemporaryDirectory) throws -> String {
        // To a real one somebody speaks there all the time.
        let talk = "import socket, time\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\nend = time.monotonic() + 3\n"
            + "while time.monotonic() < end: s.sendto(bytes(1), ('127.0.0.1', 18570 + int('$3')))"
        let first = TestPX4.isReal ? "\(Repository.python) -c \"\(talk)\" &" : "export PX4_PARAM_SIM_FAULT_GCS=1"
        return try directory.write(
            "px4", "#!/bin/bash\nif mkdir \(directory.path)/first 2>/dev/null; then\n\(first)\nfi\nexec \(TestPX4.binary) \"$@\"\n", mode: 0o755)
    }

    @Test("A ground station that takes the engine's link costs a start, not the flight")
    func groundStation() async throws {
        let directory = try TemporaryDirectory()
        let events = try EventPipe(directory.file("events"))
        let station = try PX4Bystander.start(on: 14550, directory, answers: false)
        try await events.expect("held")
        let bench = try AttemptBench.px4("take_off(3)\nland()", binary: try lostPX4(directory))
        let report = await bench.run(bench.flight())
        #expect(report.outcome == .success, "\(report.result.errorMessage ?? "")")
        if !TestPX4.isReal { #expect(FileManager.default.fileExists(atPath: bench.attemptFile("px4-2"))) }
        station.send(SIGKILL)
    }

    @Test("A PX4 that was never heard is said to be, with the ports where somebody else may have it")
    func mute() async throws {
        let directory = try TemporaryDirectory()
        let events = try EventPipe(directory.file("events"))
        let station = try PX4Bystander.start(on: 14550, directory, answers: false)
        try await events.expect("held")
        let binary = try directory.write("px4", "#!/bin/sh\nexec sleep 1000\n", mode: 0o755)
        let bench = try AttemptBench.px4("", settings: ["boot_timeout_seconds": "2"], binary: binary)
        let report = await bench.run(bench.flight())
        expectFault(report, "PX4 did not become ready to arm within 2 s; it was not heard on its ground link, UDP port 185", bench)
        let who = ", and UDP port 14550, where PX4 looks for a ground station, is bound by process \(station.pid) ("
        #expect(report.result.errorMessage?.contains(who) == true, "\(report.result.errorMessage ?? "")")
        station.send(SIGKILL)
    }
}
