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

    private func exit(_ end: FlightEnd, log: Bool = true, expectsLog: Bool = true, sensors: String? = nil) -> SimulationExit {
        Verdict.exit(
            end,
            .init(
                timeouts: .init(), missionStderr: directory.file("err"), vehicleLog: directory.file("px4"), hasFlightLog: log,
                expectsFlightLog: expectsLog, sensors: sensors, maxRSSBytes: 42))
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

    @Test("A parameter that did not take is named with both values, and no other try would help")
    func parameter() {
        let end = exit(.parameterRefused(.init(name: "SIH_MASS", sent: "2.0", read: "1.0")))
        #expect(end.failureClass == .simulation && !end.retryable)
        #expect(end.message.hasPrefix("parameter SIH_MASS did not take: sent 2.0, read back 1.0;"))
    }

    @Test("All that is the simulator's says so, with the end of PX4's output where that helps")
    func simulator() {
        let ends: [(FlightEnd, String)] = [
            (.bootTimeout, "PX4 did not become ready to arm within 60 s; its output ends:\nINFO [px4] one\nERROR [px4] two"),
            (.vehicleEnded(.killed), "PX4 ended before the mission: ended by signal 9 (Killed); its output ends:\nINFO [px4] one\nERROR [px4] two"),
            (.linkDead, "PX4 fell silent for 30 s while it ran; its output ends:\nINFO [px4] one\nERROR [px4] two"),
            (.parametersUnread(["A", "B"]), "PX4 did not tell its parameters within 30 s: A, B; its output ends:\nINFO [px4] one\nERROR [px4] two"),
            (.noInstance, "no PX4 instance number became free within 300 s"),
            (.collisions(10), "10 PX4 instance numbers in a row turned out to be in use by others"),
        ]
        for (end, message) in ends {
            let exit = exit(end)
            #expect(exit.failureClass == .simulator && exit.retryable && !exit.success)
            #expect(exit.message == "simulator fault: " + message)
        }
    }

    @Test("A sensor counts as lost only before take-off", arguments: [(1, true), (3, false)] as [(UInt8, Bool)])
    func sensorWatch(landedState: UInt8, isCounted: Bool) {
        var watch = SensorWatch()
        let barometer = SystemStatus(enabled: 0x2F, health: 0x27, voltageMillivolts: 1, currentCentiamperes: 1, remainingPercent: 1)
        watch.note(landedState: landedState)
        watch.note(landedState: 1)
        watch.note(barometer)
        #expect(watch.finding == (isCounted ? "PX4 lost its barometer before take-off" : nil))
    }

    @Test("A run behind its speed factor is reported with both numbers, one that is too short to tell is not")
    func pace() {
        var pace = RealTimeWatch()
        pace.note(simulated: 5, wall: 1_000_000_000)
        #expect(pace.warning(speedFactor: 10) == nil)
        pace.note(simulated: 20, wall: 6_000_000_000)
        #expect(pace.warning(speedFactor: 3.3) == nil)
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
