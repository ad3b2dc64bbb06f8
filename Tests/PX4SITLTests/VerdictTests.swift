import EngineKit
import TestSupport
import Testing

@testable import PX4SITL

@Suite("What the end of a flight means")
struct VerdictTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("err", "what the mission said last\n")
        try directory.write("px4", "INFO [px4] one\nERROR [px4] two\n")
    }

    private func exit(
        _ end: FlightEnd, log: Bool = true, expectsLog: Bool = true, sensors: String? = nil, _ change: (inout Verdict.Findings) -> Void = { _ in }
    ) -> SimulationExit {
        var findings = Verdict.Findings(
            timeouts: .init(boot: 60, bootSimulated: 30, instance: 300, link: 30, stop: 5, parameters: 30),
            missionStderr: directory.file("err"), vehicleLog: directory.file("px4"), hasFlightLog: log,
            expectsFlightLog: expectsLog, sensors: sensors, maxRSSBytes: 42)
        change(&findings)
        return Verdict.exit(end, findings)
    }

    @Test("The mission's exit decides")
    func mission() {
        let success = exit(.mission(.code(0)))
        #expect(success.success && success.exitCode == 0 && success.maxRSSBytes == 42)
        let failure = exit(.mission(.code(3)))
        #expect(!failure.success && failure.failureClass == .simulation && failure.retryable)
        #expect(failure.message == "exit code 3: what the mission said last")
    }

    @Test("A success without a log is the simulator's failure, unless none was to be expected")
    func noLog() {
        let end = exit(.mission(.code(0)), log: false)
        #expect(!end.success && end.failureClass == .simulator && end.exitCode == 0)
        #expect(end.message.hasPrefix("simulator fault: the mission succeeded, but PX4 left no log of the flight; its output ends:"))
        #expect(exit(.mission(.code(0)), log: false, expectsLog: false).success)
        #expect(exit(.mission(.code(3)), log: false).failureClass == .simulation)
    }

    @Test("A failure after a sensor was lost on the ground is the simulator's, a success stays one")
    func sensors() {
        let end = exit(.mission(.code(1)), sensors: "PX4 lost its barometer before take-off")
        #expect(end.failureClass == .simulator)
        #expect(end.message == "simulator fault: PX4 lost its barometer before take-off; the mission: exit code 1: what the mission said last")
        #expect(exit(.mission(.code(0)), sensors: "PX4 lost its gps before take-off").success)
    }

    @Test("A mission that fails while PX4's clock stands still is the simulator's failure, one that succeeds stays a success")
    func standstill() {
        let end = exit(.mission(.code(1))) { $0.standstill = "PX4's clock had stood still for 8 s" }
        #expect(end.failureClass == .simulator && end.retryable)
        #expect(end.message == "simulator fault: PX4's clock had stood still for 8 s; the mission: exit code 1: what the mission said last")
        #expect(exit(.mission(.code(0))) { $0.standstill = "PX4's clock had stood still for 8 s" }.success)
    }

    @Test("A parameter that did not take is named with both values, and no other try would help")
    func parameter() {
        let end = exit(.parameterRefused(.init(name: "SIH_MASS", sent: "2.0", read: "1.0")))
        #expect(end.failureClass == .simulation && !end.retryable)
        #expect(end.message.hasPrefix("parameter SIH_MASS did not take effect: sent 2.0, read back 1.0;"))
    }

    @Test("All that is the simulator's says so, with the end of PX4's output where that helps")
    func simulator() {
        let ends: [(FlightEnd, String)] = [
            (.bootTimeout, "PX4 did not become ready to arm within 60 s; its output ends:\nINFO [px4] one\nERROR [px4] two"),
            (.vehicleEnded(.killed), "PX4 ended before the mission: ended by signal 9 (Killed); its output ends:\nINFO [px4] one\nERROR [px4] two"),
            (.linkDead, "PX4's clock did not advance for 30 s while it ran; its output ends:\nINFO [px4] one\nERROR [px4] two"),
            (.parametersUnread(["A", "B"]), "PX4 did not report its parameters within 30 s: A, B; its output ends:\nINFO [px4] one\nERROR [px4] two"),
            (.noInstance, "no PX4 instance number became free within 300 s"),
            (.collisions(10), "10 PX4 instance numbers in a row turned out to be in use by others"),
        ]
        for (end, message) in ends {
            let exit = exit(end)
            #expect(exit.failureClass == .simulator && exit.retryable && !exit.success)
            #expect(exit.message == "simulator fault: " + message)
        }
    }

    private func status(lost: UInt32 = 0) -> SystemStatus {
        SystemStatus(enabled: 0x20_402F, health: 0x20_402F & ~lost, voltageMillivolts: 1, currentCentiamperes: 1, remainingPercent: 1)
    }

    @Test("A sensor counts as lost only before take-off", arguments: [(1, true), (3, false)] as [(UInt8, Bool)])
    func sensorWatch(landedState: UInt8, isCounted: Bool) {
        var watch = SensorWatch()
        watch.note(status(), isMissionOn: false)
        watch.note(landedState: landedState, at: 6)
        watch.note(landedState: 1, at: 7)
        watch.note(status(lost: 0x08), isMissionOn: true)
        #expect(watch.finding == (isCounted ? "PX4 lost its barometer before take-off" : nil))
        #expect(watch.warning == nil && watch.hasLanded == !isCounted)
    }

    @Test("What is lost in the air is told of, and no fault")
    func lostInFlight() {
        var watch = SensorWatch()
        watch.note(status(), isMissionOn: true)
        watch.note(landedState: 2, at: 6)
        watch.note(status(lost: 0x21), isMissionOn: true)
        watch.note(status(), isMissionOn: true)
        #expect(watch.finding == nil && watch.warning == "PX4 lost its gyro, gps in flight" && !watch.hasLanded)
    }

    @Test("A vehicle is in flight from when it is first heard to be off the ground until it is last")
    func airborne() {
        var watch = SensorWatch()
        watch.note(landedState: 0, at: 1)
        watch.note(landedState: 1, at: 2)
        #expect(watch.airborne == nil && !watch.hasFlown)
        for (state, time) in [(3, 8), (2, 9), (1, 12), (3, 14), (4, 20), (1, 21)] as [(UInt8, Double)] { watch.note(landedState: state, at: time) }
        #expect(watch.airborne == 8...20 && watch.hasLanded)
    }

    @Test("What was never there is not lost, nor is a position that the mission did not ask for")
    func neverThere() {
        var watch = SensorWatch(.attitude)
        watch.note(status(lost: 0x20), isMissionOn: false)
        watch.note(status(lost: 0x4020), isMissionOn: true)
        #expect(watch.finding == nil)
        #expect(watch.unhealthy.map(\.name) == ["gps", "position estimate"])
        watch.note(status(lost: 0x4024), isMissionOn: true)
        #expect(watch.finding == "PX4 lost its magnetometer before take-off")
    }

    @Test("A vehicle that had the time and did not become ready has failed, and what is not well is named")
    func notReady() {
        let end = exit(.notReady) { $0.unhealthy = ["gps", "position estimate"] }
        #expect(end.failureClass == .simulation && end.retryable && !end.success)
        #expect(
            end.message
                == "PX4 did not become ready to arm within 30 simulated s; not well: gps, position estimate; its output ends:\n"
                + "INFO [px4] one\nERROR [px4] two")
        #expect(exit(.notReady) { $0.readiness = .attitude }.message.hasPrefix("PX4 did not estimate its attitude within 30 simulated s;"))
    }

    @Test("A PX4 that was not heard is said to be, and whatever kept numbers from use is named")
    func reasons() {
        #expect(
            exit(.bootTimeout) { $0.mute = "it was not heard on its ground link, UDP port 18570" }.message.hasPrefix(
                "simulator fault: PX4 did not become ready to arm within 60 s; it was not heard on its ground link, UDP port 18570; its output"))
        #expect(
            exit(.noInstance) { $0.hindrances = "0: UDP port 14540 is x" }.message
                == "simulator fault: no PX4 instance number became free within 300 s: 0: UDP port 14540 is x")
        #expect(
            exit(.collisions(10)) { $0.collision = "UDP port 14550 is x" }.message
                == "simulator fault: 10 PX4 instance numbers in a row turned out to be in use by others; the last one: UDP port 14550 is x")
    }

    @Test("A mission that fails beside a program that listens in its place speaks against the simulator; one that succeeds does not")
    func partner() {
        let end = exit(.mission(.code(1))) { $0.partner = "UDP port 14540 is x" }
        #expect(end.failureClass == .simulator && end.retryable)
        #expect(
            end.message
                == "simulator fault: UDP port 14540 is x, and may have taken the mission's link; the mission: exit code 1: what the mission said last")
        #expect(exit(.mission(.code(0))) { $0.partner = "UDP port 14540 is x" }.success)
    }

    @Test("A run below its share of the speed factor is the simulator's fault, whatever its mission made of it", arguments: [0, 1] as [Int32])
    func tooSlow(code: Int32) {
        let end = exit(.mission(.code(code))) { $0.pace = "PX4 ran at 3 × real time" }
        #expect(end.failureClass == .simulator && end.retryable && !end.success)
        let mission = code == 0 ? "succeeded" : "exit code 1: what the mission said last"
        #expect(end.message == "simulator fault: PX4 ran at 3 × real time; the mission: \(mission)")
    }

    @Test("A run behind its speed factor is reported with both numbers, one that is too short to tell is not")
    func pace() {
        var pace = RealTimeWatch()
        pace.note(simulated: 5, wall: 1_000_000_000)
        #expect(pace.warning(speedFactor: 10) == nil)
        pace.note(simulated: 20, wall: 6_000_000_000)
        #expect(pace.warning(speedFactor: 3.3) == nil)
        #expect(pace.finding(speedFactor: 10, leastShare: 0.3) == nil)
        #expect(pace.finding(speedFactor: 10, leastShare: 0.5) == "PX4 ran at 3 × real time, below 0.5 of its speed factor of 10")
        #expect(pace.warning(speedFactor: 10)?.hasPrefix("PX4 ran at 3 × real time, behind its speed factor of 10") == true)
        pace.note(simulated: 20.6, wall: 6_000_000_000)
        #expect(pace.warning(speedFactor: 10)?.hasPrefix("PX4 ran at 3 × real time") == true, "runs of much the same pace say the same")
        pace.note(simulated: 10.85, wall: 6_000_000_000)
        #expect(pace.warning(speedFactor: 10)?.hasPrefix("PX4 ran at 1.17 × real time") == true)
        var short = RealTimeWatch()
        short.note(simulated: 0, wall: 0)
        short.note(simulated: 0.01, wall: 500_000_000)
        #expect(short.factor == nil)
    }
}
