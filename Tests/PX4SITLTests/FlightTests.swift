import EngineABI
import EngineKit
import MAVLink
import Testing

@testable import PX4SITL

/// A flight, and what it wants done.
private struct Bench {
    var flight: Flight
    let first = Instance.all[0]

    init(_ parameters: [VehicleParameter] = []) { flight = Flight(expecting: parameters) }

    mutating func callAsFunction(_ event: Flight.Event) -> [Flight.Action] { flight.handle(event) }

    /// Up to PX4's start.
    mutating func boot() {
        _ = self(.launched)
        _ = self(.instanceTaken(first))
        #expect(flight.phase == .booting)
    }

    mutating func fly() {
        boot()
        _ = self(.ready(collision: false))
        #expect(flight.phase == .flying)
    }
}

extension GuardedProcess.End {
    static func code(_ code: Int32) -> Self { Self(exitCode: code, exitSignal: nil, maxRSSBytes: 1, guardianLost: false) }
    static let killed = Self(exitCode: nil, exitSignal: 9, maxRSSBytes: 1, guardianLost: false)
}

@Suite("A flight")
struct FlightTests {
    @Test("It waits for a number, starts PX4 on it, then the mission, and stops PX4 softly after that")
    func walk() {
        var bench = Bench()
        #expect(bench(.launched) == [.set(.instance), .acquireInstance(except: [])])
        #expect(bench(.instanceTaken(bench.first)) == [.cancel(.instance), .set(.boot), .start(.px4)])
        #expect(bench(.ready(collision: false)) == [.cancel(.boot), .start(.mission), .set(.silence)])
        let stopping = bench(.missionEnded(.code(0)))
        #expect(stopping.suffix(2) == [.stopSoftly, .set(.stop)])
        #expect(bench.flight.phase == .stopping)
        #expect(bench(.vehicleEnded(.code(0), collision: false)) == [.cancel(.stop), .giveBackInstance(bench.first), .finish])
        guard case .mission(let end)? = bench.flight.end else { return #expect(Bool(false), "\(String(describing: bench.flight.end))") }
        #expect(end.exitCode == 0)
    }

    @Test("Parameters are read back before the mission starts, those that do not answer again and again")
    func parameters() {
        var bench = Bench([VehicleParameter("A", 1), VehicleParameter("B", 2.5)])
        bench.boot()
        #expect(bench(.ready(collision: false)) == [.cancel(.boot), .set(.parameters), .set(.parameterRetry), .request(["A", "B"])])
        #expect(bench.flight.isTelemetryWanted)
        #expect(bench(.parameter(name: "OTHER", .int32(9))).isEmpty)
        #expect(bench(.parameter(name: "A", .int32(1))).isEmpty)
        #expect(bench(.timer(.parameterRetry)) == [.request(["B"]), .set(.parameterRetry)])
        let actions = bench(.parameter(name: "B", .float(2.5)))
        #expect(actions == [.cancel(.parameters), .cancel(.parameterRetry), .start(.mission), .set(.silence)])
    }

    @Test("A parameter that has another value ends the job before the mission, PX4 softly")
    func refused() {
        var bench = Bench([VehicleParameter("A", 1)])
        bench.boot()
        _ = bench(.ready(collision: false))
        #expect(bench(.parameter(name: "A", .int32(0))).suffix(2) == [.stopSoftly, .set(.stop)])
        guard case .parameterRefused(let mismatch)? = bench.flight.end else { return #expect(Bool(false)) }
        #expect(mismatch == ParameterCheck.Mismatch(name: "A", sent: "1.0", read: "0"))
    }

    @Test("A PX4 that meets another on its number is no end: the next number's turn")
    func collision() {
        var bench = Bench()
        bench.boot()
        let actions = bench(.vehicleEnded(.code(255), collision: true))
        #expect(actions == [.cancel(.boot), .avoidInstance(bench.first), .set(.instance), .acquireInstance(except: [bench.first])])
        #expect(bench.flight.end == nil && bench.flight.phase == .waitingForInstance)
        #expect(bench(.instanceTaken(Instance.all[1])) == [.cancel(.instance), .set(.boot), .start(.px4)])
    }

    @Test("So is one whose ports are another's, though it says it is ready")
    func portCollision() {
        var bench = Bench()
        bench.boot()
        #expect(bench(.ready(collision: true)) == [.cancel(.boot), .kill(.px4)])
        #expect(bench(.ready(collision: true)).isEmpty)
        #expect(bench(.vehicleEnded(.killed, collision: false)).contains(.acquireInstance(except: [bench.first])))
    }

    @Test("Numbers are not tried for ever")
    func manyCollisions() {
        var bench = Bench()
        _ = bench(.launched)
        var actions: [Flight.Action] = []
        for instance in Instance.all.prefix(Flight.mostCollisions) {
            _ = bench(.instanceTaken(instance))
            actions = bench(.vehicleEnded(.code(255), collision: true))
        }
        #expect(actions.last == .finish)
        guard case .collisions(Flight.mostCollisions)? = bench.flight.end else { return #expect(Bool(false)) }
    }

    @Test("PX4's end before the mission's kills the mission")
    func vehicleFirst() {
        var bench = Bench()
        bench.fly()
        let actions = bench(.vehicleEnded(.code(0), collision: false))
        #expect(actions.contains(.kill(.mission)) && !actions.contains(.finish))
        #expect(bench(.missionEnded(.killed)).suffix(2) == [.giveBackInstance(bench.first), .finish])
        guard case .vehicleEnded? = bench.flight.end else { return #expect(Bool(false)) }
    }

    @Test("A PX4 that does not end when asked is killed")
    func stubborn() {
        var bench = Bench()
        bench.fly()
        _ = bench(.missionEnded(.code(1)))
        #expect(bench(.timer(.stop)) == [.kill(.px4)])
    }

    @Test("Silence in flight ends the job")
    func silence() {
        var bench = Bench()
        bench.fly()
        let actions = bench(.timer(.silence))
        #expect(actions.contains(.kill(.px4)) && actions.contains(.kill(.mission)))
    }

    @Test("Silence counts from the last new time on: one at the very end of the limit gives a whole limit more")
    func clock() {
        var clock = ClockWatch(wall: 10_000_000_000)
        #expect(clock.rest(of: 2_000_000_000, now: 10_000_000_000) == 2_000_000_000)
        clock.note(simulated: 7, wall: 11_999_999_999)
        #expect(clock.rest(of: 2_000_000_000, now: 12_000_000_000) == 1_999_999_999)
        #expect(clock.rest(of: 2_000_000_000, now: 13_999_999_998) == 1)
        #expect(clock.rest(of: 2_000_000_000, now: 13_999_999_999) == nil)
        #expect(clock.rest(of: 2_000_000_000, now: 11_999_999_998) == 2_000_000_000, "heard since the clock was read")
    }

    @Test("Messages in which PX4's clock stands still do not count")
    func stoppedClock() {
        var clock = ClockWatch(wall: 0)
        for second in UInt64(1)...4 { clock.note(simulated: 7, wall: second * 1_000_000_000) }
        #expect(clock.rest(of: 3_500_000_000, now: 4_000_000_000) == 500_000_000)
        #expect(clock.finding(after: 3_100_000_000, now: 4_000_000_000) == nil)
        #expect(clock.finding(after: 3_000_000_000, now: 4_000_000_000) == "PX4's clock had stood still for 3 s")
    }

    @Test("A PX4 whose ground link another program has gives its place to one on another number")
    func linkTaken() {
        var bench = Bench()
        bench.boot()
        #expect(bench(.linkTaken) == [.cancel(.boot), .kill(.px4)])
        #expect(bench(.linkTaken).isEmpty && bench(.ready(collision: false)).isEmpty && bench(.notReady).isEmpty)
        #expect(bench(.vehicleEnded(.killed, collision: false)).contains(.acquireInstance(except: [bench.first])))
    }

    @Test("A vehicle that does not become ready in simulated time ends the job, PX4 softly, so that its log says why")
    func notReady() {
        var bench = Bench()
        bench.boot()
        #expect(bench(.notReady).suffix(2) == [.stopSoftly, .set(.stop)])
        #expect(bench(.vehicleEnded(.code(0), collision: false)).last == .finish)
        guard case .notReady? = bench.flight.end else { return #expect(Bool(false)) }
    }

    @Test("A PX4 that was shut down after the flight is no loss: its number is free, and the mission's exit decides")
    func shutDown() {
        var bench = Bench()
        bench.fly()
        #expect(bench(.vehicleShutDown(.code(0))) == [.cancel(.silence), .giveBackInstance(bench.first)])
        #expect(bench.flight.phase == .finishing && !bench.flight.isTelemetryWanted)
        let actions = bench(.missionEnded(.code(0)))
        #expect(actions.last == .finish && !actions.contains(.giveBackInstance(bench.first)))
        guard case .mission(let end)? = bench.flight.end else { return #expect(Bool(false)) }
        #expect(end.exitCode == 0)
    }

    @Test("While the mission finishes without PX4 the host's end kills it")
    func terminatedWhileFinishing() {
        var bench = Bench()
        bench.fly()
        _ = bench(.vehicleShutDown(.code(0)))
        #expect(bench(.terminated).contains(.kill(.mission)))
        #expect(bench(.missionEnded(.killed)).last == .finish)
    }

    @Test("The host's end of it kills what runs, in each phase, and the first cause stays", arguments: 0..<4)
    func terminated(phase: Int) {
        var bench = Bench([VehicleParameter("A", 1)])
        _ = bench(.launched)
        var wanted: [Flight.Action] = [.finish]
        if phase > 0 {
            _ = bench(.instanceTaken(bench.first))
            wanted = [.kill(.px4)]
        }
        if phase > 1 { _ = bench(.ready(collision: false)) }
        if phase > 2 {
            _ = bench(.parameter(name: "A", .int32(1)))
            wanted = [.kill(.px4), .kill(.mission)]
        }
        let actions = bench(.terminated)
        #expect(wanted.allSatisfy(actions.contains))
        guard case .terminated? = bench.flight.end else { return #expect(Bool(false)) }
        if phase > 2 { _ = bench(.missionEnded(.killed)) }
        if phase > 0 { #expect(bench(.vehicleEnded(.killed, collision: false)).last == .finish) }
        #expect(bench.flight.phase == .over && bench(.terminated).isEmpty)
        guard case .terminated? = bench.flight.end else { return #expect(Bool(false)) }
    }

    @Test("While it stops softly the host's end kills at once")
    func terminatedWhileStopping() {
        var bench = Bench()
        bench.fly()
        _ = bench(.missionEnded(.code(0)))
        #expect(bench(.terminated) == [.kill(.px4)])
        guard case .mission? = bench.flight.end else { return #expect(Bool(false)) }
    }

    @Test("What cannot be started, and what does not come in time, ends the job")
    func failures() {
        var noInstance = Bench()
        _ = noInstance(.launched)
        #expect(noInstance(.timer(.instance)).last == .finish)
        var noProgram = Bench()
        noProgram.boot()
        #expect(noProgram(.notStarted(.px4, .invalid("x"))).suffix(2) == [.giveBackInstance(noProgram.first), .finish])
        var hung = Bench()
        hung.boot()
        #expect(hung(.timer(.boot)).contains(.kill(.px4)))
        var mute = Bench([VehicleParameter("A", 1)])
        mute.boot()
        _ = mute(.ready(collision: false))
        #expect(mute(.timer(.parameters)).contains(.stopSoftly))
        guard case .parametersUnread(["A"])? = mute.flight.end else { return #expect(Bool(false)) }
    }
}
