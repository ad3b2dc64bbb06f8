import Foundation
import LynxModel
import TestSupport
import Testing

@testable import RunnerHost

@Suite("Trouble with PX4 itself", .timeLimit(.minutes(5)))
struct PX4FaultTests {
    @Test("A PX4 that does not become ready is ended, and its output's end told")
    func boot() async throws {
        let bench = try AttemptBench.px4("open(output + '/flown', 'w')", settings: ["boot_timeout_seconds": "0.2"])
        let report = await bench.run(bench.flight())
        expectFault(report, "PX4 did not become ready to arm within 0.2 s; it was not heard on its ground link, UDP port 185", bench)
        #expect(!report.result.artifacts.contains { $0.path == "flown" })
    }

    @Test("A PX4 that dies under the mission ends it")
    func dies() async throws {
        let bench = try AttemptBench.px4("take_off(3)\nos.kill(px4(), signal.SIGKILL)\ntime.sleep(1000)")
        let report = await bench.run(bench.flight())
        expectFault(report, "PX4 ended before the mission: ended by signal 9 (Killed); its output ends:\n", bench)
        #expect(report.result.artifacts.contains { $0.path == "px4/flight.ulg" })
    }

    @Test("A PX4 that ends by itself while the mission runs is a fault though it exits with 0")
    func leaves() async throws {
        let bench = try AttemptBench.px4("os.kill(px4(), signal.SIGTERM)\ntime.sleep(1000)")
        expectFault(await bench.run(bench.flight()), "PX4 ended before the mission: exit code 0;", bench)
    }

    @Test("A PX4 that falls silent is a dead link")
    func silent() async throws {
        let bench = try AttemptBench.px4("os.kill(px4(), signal.SIGSTOP)\ntime.sleep(1000)", settings: ["link_timeout_seconds": "1"])
        expectFault(await bench.run(bench.flight()), "PX4's clock did not advance for 1 s while it ran;", bench)
    }

    @Test("So is one that speaks on while its clock stands still", .enabled(if: !TestPX4.isReal))
    func standsStill() async throws {
        let bench = try AttemptBench.px4("time.sleep(1000)", settings: ["link_timeout_seconds": "1"])
        let report = await bench.run(bench.flight(["SIM_FAULT_STILL": .number(25)]))
        expectFault(report, "PX4's clock did not advance for 1 s while it ran;", bench)
    }

    @Test("A mission that fails while PX4's clock stands still says nothing of the vehicle", .enabled(if: !TestPX4.isReal))
    func failsAtStandstill() async throws {
        // So many of them take some seconds.
        let bench = try AttemptBench.px4("for _ in range(45): wait('MISSION_CURRENT')\nsys.exit('nothing happens')")
        let report = await bench.run(bench.flight(["SIM_FAULT_STILL": .number(25)]))
        expectFault(report, "PX4's clock had stood still for ", bench)
        #expect(report.result.errorMessage?.hasSuffix(" s; the mission: exit code 1: nothing happens") == true, "\(report.result.errorMessage ?? "")")
    }

    @Test("A flight without a log is no result")
    func noLog() async throws {
        let bench = try AttemptBench.px4(
            "for log in glob.glob(os.path.dirname(output) + '/px4/log/*/*.ulg'): os.unlink(log)\n")
        expectFault(await bench.run(bench.flight()), "the mission succeeded, but PX4 left no log of the flight;", bench)
    }

    @Test("A mission that fails over a sensor which was lost on the ground speaks against the simulator")
    func sensor() async throws {
        let bench = try AttemptBench.px4(
            // Of a real PX4 the simulated sensor is stopped by its own command; the stand-in loses it when it is armed.
            """
            if "PX4_BINARY" in os.environ:
                stop = os.path.dirname(os.environ["PX4_BINARY"]) + "/px4-sensor_baro_sim"
                subprocess.run([stop, "--instance", str(instance), "stop"], check=True)
            command(400, 1)
            wait("SYS_STATUS", lambda message: not message.onboard_control_sensors_health & 8)
            time.sleep(0.5)
            sys.exit("could not arm")
            """)
        let report = await bench.run(bench.flight(TestPX4.isReal ? [:] : ["SIM_FAULT_SENS": .integer(8)]))
        expectFault(report, "PX4 lost its barometer before take-off; the mission: exit code 1: could not arm", bench)
    }

    /// A px4 that tells its number, and waits before it begins.
    private func heldPX4(_ directory: TemporaryDirectory) throws -> String {
        try directory.write(
            "px4", "#!/bin/sh\necho \"number $3\" > \(directory.path)/events\nhead -c 1 \(directory.path)/gate\nexec \(TestPX4.binary) \"$@\"\n", mode: 0o755)
    }

    /// What comes into the way of a PX4 between the engine's look and its start.
    enum Intruder: CaseIterable, Sendable {
        case lock, port
        /// It answers whatever comes, as MAVSDK does.
        case partner
    }

    @Test("A number that another PX4 takes, or of which a port is another program's, is changed for another without a word", arguments: Intruder.allCases)
    func collision(_ intruder: Intruder) async throws {
        let directory = try TemporaryDirectory()
        let (events, gate) = (try EventPipe(directory.file("events")), try Gate(directory.file("gate")))
        let bench = try AttemptBench.px4(
            "take_off(3)\nland()\nopen(output + '/number', 'w').write(str(instance))", binary: try heldPX4(directory))
        async let report = bench.run(bench.flight())
        let number = try #require(try await events.expect("number")[0].split(separator: " ").last.flatMap { Int($0) })
        // Between the engine's look and PX4's start.
        let holder =
            switch intruder {
            case .lock: try lockHolder(number, directory)
            case .port: try portHolder(14580 + number, directory)
            case .partner: try PX4Bystander.start(on: number > 9 ? 14549 : 14540 + number, directory)
            }
        try await events.expect("held")
        gate.open()
        let second = try #require(try await events.expect("number")[0].split(separator: " ").last.flatMap { Int($0) })
        #expect(second != number)
        gate.open()
        let result = await report
        #expect(result.outcome == .success, "\(result.result.errorMessage ?? "")")
        #expect(try bench.directory.read("runs/batch/job/attempt-1/output/number") == "\(second)")
        #expect(result.result.artifacts.contains { $0.path == "px4/flight.ulg" })
        #expect(isRunning(holder.pid))
    }

    private func lockHolder(_ number: Int, _ directory: TemporaryDirectory) throws -> Program {
        try holder("f = open('/tmp/px4_lock-\(number)', 'w'); fcntl.lockf(f, fcntl.LOCK_EX)", directory)
    }

    private func portHolder(_ port: Int, _ directory: TemporaryDirectory) throws -> Program {
        try holder("s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('0.0.0.0', \(port)))", directory)
    }

    private func holder(_ take: String, _ directory: TemporaryDirectory) throws -> Program {
        try Program.start(
            Repository.python,
            ["-c", "import fcntl, signal, socket\n\(take)\nopen('\(directory.path)/events', 'w').write('held\\n')\nsignal.pause()"])
    }
}
