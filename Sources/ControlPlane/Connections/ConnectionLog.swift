import Logging
import NIOCore
import Synchronization

/// Says in the log which connections were closed for what their clients did: at once, and then at most once a minute for
/// each reason, because there may be thousands.
final class ConnectionLog: Sendable {
    enum Reason: String, Hashable, Sendable {
        case noRequest = "connections closed that sent no request in time"
        case slowBody = "connections closed whose requests came too slowly"
        case madeRoom = "idle connections closed to make room for new ones"
        case refused = "connections refused: there are too many, and all are busy"
    }

    private struct Tally {
        var count = 0
        var address = ""
        var isScheduled = false
        var told: NIODeadline?
    }

    private static let gathering = TimeAmount.seconds(1)
    private static let pause = TimeAmount.seconds(60)

    private let logger: Logger
    private let tallies = Mutex<[Reason: Tally]>([:])

    init(_ logger: Logger) { self.logger = logger }

    /// - Parameter address: whom the connection was counted for.
    func closed(_ reason: Reason, address: String, on loop: any EventLoop) {
        let due = tallies.withLock { tallies -> NIODeadline? in
            var tally = tallies[reason, default: Tally()]
            defer { tallies[reason] = tally }
            tally.count += 1
            tally.address = address
            guard !tally.isScheduled else { return nil }
            tally.isScheduled = true
            return max(.now() + Self.gathering, tally.told.map { $0 + Self.pause } ?? .distantPast)
        }
        if let due { loop.scheduleTask(deadline: due) { self.tell(reason) } }
    }

    private func tell(_ reason: Reason) {
        let tally = tallies.withLock { tallies in
            let tally = tallies[reason, default: Tally()]
            tallies[reason] = Tally(told: .now())
            return tally
        }
        logger.connectionsClosed(reason, count: tally.count, lastAddress: tally.address)
    }
}
