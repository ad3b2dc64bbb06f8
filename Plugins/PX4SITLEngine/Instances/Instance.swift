/// One of PX4's instance numbers, and all on the machine that goes by it.
struct Instance: Hashable, Sendable {
    /// N and N+40 hear each other: 14540+40 is 14580.
    static let all = (0..<40).map(Instance.init)

    let number: Int

    /// The ground station's link, which the engine takes.
    var groundPort: UInt16 { port(18570) }
    /// The link left to the mission. PX4 listens there for any number, and talks to whoever speaks first.
    var missionPort: UInt16 { port(14580) }
    /// Where PX4 looks for the mission: it sends there from its start on, and whoever answers has the mission's link for good.
    var partnerPort: UInt16 { number > 9 ? 14549 : port(14540) }
    /// Where PX4 of every number looks for a ground station, in the same way.
    static let stationPort: UInt16 = 14550
    /// Every UDP port that PX4 binds. It warns where one is taken and flies on, with that link dead.
    var ports: [UInt16] { [groundPort, missionPort, port(14280), port(13030), port(19450)] }

    /// PX4 holds a POSIX lock on it as long as it lives.
    var lockPath: String { "/tmp/px4_lock-\(number)" }
    /// Where its shell commands connect; left behind at every end.
    var socketPath: String { "/tmp/px4-sock-\(number)" }

    /// PX4 numbers its vehicle so.
    var systemID: UInt8 { UInt8(number + 1) }

    private func port(_ base: Int) -> UInt16 { UInt16(base + number) }
}
