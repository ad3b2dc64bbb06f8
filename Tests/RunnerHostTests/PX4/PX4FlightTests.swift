import Foundation
import LynxModel
import TestSupport
import Testing

@testable import RunnerHost

@Suite("A PX4 job", .timeLimit(.minutes(5)))
struct PX4FlightTests {
    private static let hop = "take_off(4)\nland()\n"

    @Test("Its mission flies; the log, PX4's output and the mission's files are its artifacts, and PX4's telemetry is kept")
    func success() async throws {
        let bench = try AttemptBench.px4(
            """
            names = ["LYNX_PX4_MAVLINK_URL", "LYNX_PX4_INSTANCE", "LYNX_PX4_SPEED_FACTOR"]
            status = dict(line.split(":\\t") for line in open(f"/proc/{px4()}/status") if ":\\t" in line)
            policies = {os.sched_getscheduler(int(thread)) for thread in os.listdir(f"/proc/{px4()}/task")}
            json.dump(
                {"variables": [os.environ[name] for name in names], "parameters": parameters, "policies": sorted(policies),
                 "may_raise": bool((int(status["CapBnd"], 16) if os.geteuid() == 0 else 0) >> 23 & 1)}, open(output + "/seen.json", "w"))
            """ + "\n" + Self.hop)
        let report = await bench.run(
            bench.flight(["SIH_MASS": .number(1.125), "home_alt_m": .integer(321), "note": .string("for the mission")]))
        #expect(report.outcome == .success, "\(report.result.errorMessage ?? "")")
        let paths = report.result.artifacts.map(\.path)
        #expect(Set(paths).isSuperset(of: ["px4/flight.ulg", "px4/stdout.log", "seen.json"]))
        #expect(try await messagesInFlightLog(bench.attemptFile("output/px4/flight.ulg")) > 10)

        struct Seen: Decodable {
            var variables: [String]
            var parameters: [String: ParameterValue]
            var policies: [Int]
            var may_raise: Bool
        }
        let seen = try JSONDecoder().decode(Seen.self, from: Data(bench.directory.read("runs/batch/job/attempt-1/output/seen.json").utf8))
        let instance = try #require(Int(seen.variables[1]))
        #expect(seen.variables == ["udpout:127.0.0.1:\(14580 + instance)", "\(instance)", "10.0"])
        #expect(seen.parameters["note"] == .string("for the mission"))
        // SCHED_OTHER for each of its threads, and no way back.
        #expect(seen.policies == [0] && !seen.may_raise)

        let altitude = try #require(report.result.telemetryData["px4.altitude.relative_m"])
        #expect(altitude.units == "m" && (altitude.max ?? 0) > 3)
        let height = try #require(report.result.telemetryData["px4.altitude.amsl_m"]?.first)
        #expect(abs(height - 321) < 5)
        let wanted = ["px4.local_position.z", "px4.attitude.yaw_rad", "px4.battery.remaining_pct", "px4.estimator.pos_vert_ratio", "px4.landed_state", "px4.armed"]
        #expect(wanted.filter { report.result.telemetryData[$0] == nil } == [])
        #expect(report.result.telemetryData["px4.landed_state"]?.max == 4)
        #expect(bench.leftProcesses.isEmpty)
    }

    @Test("The mission's exit is the job's outcome, and what it said last its message")
    func missionFails() async throws {
        let bench = try AttemptBench.px4("take_off(4)\nprint('the vehicle strayed', file=sys.stderr)\nsys.exit(3)")
        let report = await bench.run(bench.flight())
        #expect(report.outcome == .failure && report.retryable && report.result.metadata.exitCode == 3)
        #expect(report.result.errorMessage == "exit code 3: the vehicle strayed")
        // Stopped softly in the air, its log is whole.
        #expect(report.result.artifacts.contains { $0.path == "px4/flight.ulg" })
        #expect(try await messagesInFlightLog(bench.attemptFile("output/px4/flight.ulg")) > 10)
        #expect(bench.leftProcesses.isEmpty)
    }

    @Test("A fence on PX4's own telemetry kills a flight that no script watches, and its log up to then is an artifact")
    func fence() async throws {
        let bench = try AttemptBench.px4("take_off(30)\ntime.sleep(1000)")
        let report = await bench.run(
            bench.flight(conditions: [StoppingCondition(name: "fence", variable: "px4.altitude.relative_m", operator: .gt, threshold: 6, units: "m")]))
        #expect(report.outcome == .breach && !report.retryable)
        #expect(report.result.errorMessage?.hasPrefix("early termination 'fence': px4.altitude.relative_m = 6.") == true)
        #expect(report.result.errorMessage?.contains(" m > 6 m at t = ") == true)
        #expect(try await messagesInFlightLog(bench.attemptFile("output/px4/flight.ulg")) > 10)
        #expect(bench.leftProcesses.isEmpty)
    }

    @Test("A user's cancelling kills it at once, wherever it is", arguments: ["", "take_off(3)\n"])
    func cancelled(first: String) async throws {
        let directory = try TemporaryDirectory()
        let events = try EventPipe(directory.file("events"))
        let bench = try AttemptBench.px4(first + "open('\(events.path)', 'w').write('there\\n')\ntime.sleep(1000)")
        let attempt = bench.attempt(bench.flight())
        async let report = bench.run(attempt)
        try await events.expect("there")
        attempt.stop(.cancelled)
        #expect(await report.outcome == .cancelled)
        #expect(bench.leftProcesses.isEmpty)
    }

    @Test("A parameter that PX4 keeps no hold of fails the job with its name and both values, before the mission")
    func notTaken() async throws {
        // A value that equals the firmware's default loses to the airframe's.
        let bench = try AttemptBench.px4("open(output + '/flown', 'w')")
        let report = await bench.run(bench.flight(["COM_RC_IN_MODE": .integer(3)]))
        #expect(report.outcome == .failure && !report.retryable)
        #expect(report.result.errorMessage?.hasPrefix("parameter COM_RC_IN_MODE did not take effect: sent 3, read back 1;") == true)
        #expect(!report.result.artifacts.contains { $0.path == "flown" })
        #expect(bench.leftProcesses.isEmpty)
    }

    @Test("A parameter that the build does not know is refused before anything is started")
    func unknownParameter() async throws {
        let bench = try AttemptBench.px4(Self.hop)
        let report = await bench.run(bench.flight(["SIH_MASSS": .number(1)]))
        #expect(report.outcome == .failure && !report.retryable && report.result.metadata.startedAt == nil)
        #expect(report.result.errorMessage == "dispersions: this PX4 build has no parameter SIH_MASSS; did you mean SIH_MASS?")
        #expect(!FileManager.default.fileExists(atPath: bench.attemptFile("px4")))
    }

    @Test("A run that cannot keep up with its speed factor says so, with both numbers")
    func behind() async throws {
        // A real one runs at some ten times real time at most; the stand-in keeps any pace unless it is told not to.
        let factor = TestPX4.isReal ? "1000" : "10"
        let bench = try AttemptBench.px4(
            "take_off(4)\nend = time.monotonic() + 2\nwhile time.monotonic() < end: height()\nland()", settings: ["speed_factor": factor])
        let report = await bench.run(bench.flight(TestPX4.isReal ? [:] : ["SIM_FAULT_SLOW": .number(0.5)]))
        let warning = report.result.metadata.warnings.first { $0.contains("behind its speed factor of \(factor)") }
        #expect(warning?.hasPrefix("PX4 ran at ") == true, "\(report.result.errorMessage ?? "") \(report.result.metadata.warnings)")
    }

    @Test("A run below its share of the speed factor counts as the simulator's fault where that is asked for")
    func tooSlow() async throws {
        let factor = TestPX4.isReal ? "1000" : "10"
        let bench = try AttemptBench.px4(
            "take_off(4)\nend = time.monotonic() + 2\nwhile time.monotonic() < end: height()\nland()",
            settings: ["speed_factor": factor, "least_speed_share": "0.75"])
        let report = await bench.run(bench.flight(TestPX4.isReal ? [:] : ["SIM_FAULT_SLOW": .number(0.5)]))
        #expect(report.outcome == .simulatorFault && report.retryable)
        let message = report.result.errorMessage ?? ""
        #expect(message.hasPrefix("simulator fault: PX4 ran at "), "\(message)")
        #expect(message.hasSuffix(" × real time, below 0.75 of its speed factor of \(factor); the mission: succeeded"), "\(message)")
    }

    @Test("A PX4 that its mission shuts down after the landing has done its part: the mission finishes without it, and nothing more is heard")
    func shutDown() async throws {
        let bench = try AttemptBench.px4(
            Self.hop + """
            handle = os.pidfd_open(px4())
            link.mav.command_long_send(vehicle, 1, 246, 0, 2, 0, 0, 0, 0, 0, 0)
            import select
            select.select([handle], [], [])
            open(output + "/picture", "w").write("drawn without PX4")
            """)
        let report = await bench.run(bench.flight())
        #expect(report.outcome == .success, "\(report.result.errorMessage ?? "")")
        #expect(Set(report.result.artifacts.map(\.path)).isSuperset(of: ["picture", "px4/flight.ulg"]))
        #expect(try await messagesInFlightLog(bench.attemptFile("output/px4/flight.ulg")) > 10)
        #expect(bench.leftProcesses.isEmpty)
    }

    @Test("A mission that fails after its PX4 was shut down has failed")
    func failsAfterShutDown() async throws {
        let bench = try AttemptBench.px4(
            Self.hop + """
            import select
            handle = os.pidfd_open(px4())
            link.mav.command_long_send(vehicle, 1, 246, 0, 2, 0, 0, 0, 0, 0, 0)
            select.select([handle], [], [])
            sys.exit("strayed")
            """)
        let report = await bench.run(bench.flight())
        #expect(report.outcome == .failure && report.result.errorMessage == "exit code 1: strayed")
    }

    @Test("A vehicle that never becomes ready has failed once so much simulated time went by, and what is not well is named")
    func neverReady() async throws {
        let bench = try AttemptBench.px4(
            "open(output + '/flown', 'w')", settings: ["boot_timeout_simulated_seconds": "15", "boot_timeout_seconds": "120"])
        let report = await bench.run(bench.flight(["SIM_GPS_USED": .integer(0)]))
        #expect(report.outcome == .failure && report.retryable)
        let message = report.result.errorMessage ?? ""
        #expect(message.hasPrefix("PX4 did not become ready to arm within 15 simulated s; not well: gps, position estimate; its output ends:"), "\(message)")
        #expect(!report.result.artifacts.contains { $0.path == "flown" })
        #expect(report.result.artifacts.contains { $0.path == "px4/flight.ulg" })
    }

    @Test("Without GPS a mission begins where readiness says so, and what PX4 does not estimate is no sample that could end it")
    func withoutGPS() async throws {
        let bench = try AttemptBench.px4(
            "wait('ESTIMATOR_STATUS', lambda message: message.vel_ratio != message.vel_ratio)\n"
                + "time.sleep(0.5)\nwait('ATTITUDE')", settings: ["ready_when": "attitude"])
        let ratio = StoppingCondition(name: "ratio", variable: "px4.estimator.vel_ratio", operator: .gt, threshold: 1, units: "")
        let report = await bench.run(bench.flight(["SIM_GPS_USED": .integer(0)], conditions: [ratio]))
        #expect(report.outcome == .success, "\(report.result.errorMessage ?? "")")
        #expect(report.result.telemetryData["px4.estimator.pos_vert_ratio"] != nil)
        #expect(report.result.telemetryData["px4.estimator.vel_ratio"] == nil && report.result.telemetryData["px4.estimator.pos_horiz_ratio"] == nil)
    }

    @Test("A sensor that timed out in flight is told of in the result")
    func timeOut() async throws {
        let bench = try AttemptBench.px4("take_off(4)\nland()")
        // A real one's sensors time out when they like.
        let report = await bench.run(bench.flight(TestPX4.isReal ? [:] : ["SIM_FAULT_TOUT": .number(1)]))
        #expect(report.outcome == .success, "\(report.result.errorMessage ?? "")")
        #expect(TestPX4.isReal || report.result.metadata.warnings.contains("PX4's sensors timed out in flight (accel): fewer jobs at a time, or a lower factor"))
    }

    @Test("A parameter in small letters goes to the mission, and the result says so")
    func smallLetters() async throws {
        let bench = try AttemptBench.px4("assert parameters['sih_mass'] == 2")
        let report = await bench.run(bench.flight(["sih_mass": .integer(2)]))
        #expect(report.outcome == .success, "\(report.result.errorMessage ?? "")")
        #expect(report.result.metadata.warnings.contains("dispersions: sih_mass goes to the mission alone; PX4's parameter is SIH_MASS"))
    }

    @Test("A link to the program leads to its build, whatever it is called")
    func linkedBinary() async throws {
        let directory = try TemporaryDirectory()
        let link = directory.file("px4-of-today")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: TestPX4.binary)
        let bench = try AttemptBench.px4("wait('HEARTBEAT')", binary: link, etc: nil)
        let report = await bench.run(bench.flight())
        #expect(report.outcome == .success, "\(report.result.errorMessage ?? "")")
    }
}
