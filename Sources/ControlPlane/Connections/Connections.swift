import Glibc
import Logging
import NIOCore
import Synchronization

/// The open connections, bounded in number: for a new one beyond a bound the one is closed that has had nothing to do for
/// longest. Each has a bell that is silenced once its client has closed it, also while its call is still being answered: a
/// claim that waits for work is not to hand a job to nobody.
final class Connections: Sendable {
    fileprivate struct Connection {
        let channel: any Channel
        let address: String
        let bell = Bell()
        /// The turn in which it became idle; nil while it is busy.
        var idle: UInt64?
    }

    private struct State {
        var open: [ObjectIdentifier: Connection] = [:]
        var all = IdleQueue()
        var addresses: [String: IdleQueue] = [:]
        var lastTurn: UInt64 = 0

        mutating func add(_ id: ObjectIdentifier, _ channel: any Channel, _ address: String) {
            open[id] = Connection(channel: channel, address: address)
            all.count += 1
            addresses[address, default: IdleQueue()].count += 1
            becomeIdle(id, address)
        }

        mutating func becomeIdle(_ id: ObjectIdentifier, _ address: String) {
            lastTurn += 1
            open[id]?.idle = lastTurn
            all.append(id, lastTurn, open)
            addresses[address]?.append(id, lastTurn, open)
        }

        mutating func remove(_ id: ObjectIdentifier) -> Connection? {
            guard let connection = open.removeValue(forKey: id) else { return nil }
            all.count -= 1
            addresses[connection.address]?.count -= 1
            if addresses[connection.address]?.count == 0 { addresses[connection.address] = nil }
            return connection
        }
    }

    let log: ConnectionLog
    private let limits: ConnectionLimits
    private let state = Mutex(State())

    init(_ limits: ConnectionLimits = ConnectionLimits(descriptors: 1024), logger: Logger) {
        self.limits = limits
        log = ConnectionLog(logger)
    }

    var count: Int { state.withLock { $0.open.count } }

    /// Nil where there is no connection to watch.
    func peerGone(_ channel: any Channel) -> Bell? {
        state.withLock { $0.open[ObjectIdentifier(channel)]?.bell }
    }

    /// A handler to be added to the pipeline of each connection.
    func watch() -> ConnectionWatch { ConnectionWatch(connections: self, limits: limits) }

    /// - Returns: false if there is no room, because all others are busy.
    func opened(_ channel: any Channel) -> Bool {
        let (id, address) = (ObjectIdentifier(channel), Self.address(of: channel))
        let (isAdmitted, evicted) = state.withLock { state -> (Bool, Connection?) in
            let ofAddress = state.addresses[address]?.count ?? 0
            guard ofAddress >= limits.mostPerAddress || state.open.count >= limits.most else {
                state.add(id, channel, address)
                return (true, nil)
            }
            let oldest = ofAddress >= limits.mostPerAddress ? state.addresses[address]?.oldest(state.open) : state.all.oldest(state.open)
            guard let evicted = oldest.flatMap({ state.remove($0) }) else { return (false, nil) }
            state.add(id, channel, address)
            return (true, evicted)
        }
        if let evicted {
            log.closed(.madeRoom, address: evicted.address, on: channel.eventLoop)
            evicted.channel.close(promise: nil)
        }
        if !isAdmitted { log.closed(.refused, address: address, on: channel.eventLoop) }
        return isAdmitted
    }

    func closed(_ channel: any Channel) {
        state.withLock { $0.remove(ObjectIdentifier(channel)) }?.bell.silence()
    }

    /// Notes that a connection has something to do, or has not any more.
    func mark(_ channel: any Channel, idle: Bool) {
        let id = ObjectIdentifier(channel)
        state.withLock { state in
            guard let connection = state.open[id] else { return }
            if idle {
                state.becomeIdle(id, connection.address)
            } else {
                state.open[id]?.idle = nil
            }
        }
    }

    /// Whom a connection is counted for.
    static func address(of channel: any Channel) -> String {
        channel.remoteAddress.map(name) ?? "?"
    }

    static func name(of address: SocketAddress) -> String {
        guard let text = address.ipAddress else { return "?" }
        var number = in6_addr()
        guard inet_pton(AF_INET6, String(text.prefix { $0 != "%" }), &number) == 1 else { return text }
        let bytes = withUnsafeBytes(of: number) { Array($0) }
        if bytes.prefix(10).allSatisfy({ $0 == 0 }) {
            // ::ffff:192.0.2.1 is an IPv4 address; ::1 is this machine.
            return bytes[10] == 0xFF && bytes[11] == 0xFF ? bytes.suffix(4).map(String.init).joined(separator: ".") : text
        }
        let network = (0..<4).map { String(UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]), radix: 16) }
        return network.joined(separator: ":") + "::/64"
    }
}

/// Connections in the order in which they became idle. Those that were busy or closed since are passed over, and forgotten
/// in bulk.
private struct IdleQueue {
    /// How many connections belong here, busy ones included.
    var count = 0
    private var entries = CircularBuffer<(id: ObjectIdentifier, turn: UInt64)>()

    mutating func append(_ id: ObjectIdentifier, _ turn: UInt64, _ open: [ObjectIdentifier: Connections.Connection]) {
        entries.append((id, turn))
        guard entries.count > 2 * count + 64 else { return }
        entries = CircularBuffer(entries.filter { open[$0.id]?.idle == $0.turn })
    }

    mutating func oldest(_ open: [ObjectIdentifier: Connections.Connection]) -> ObjectIdentifier? {
        while let first = entries.first {
            if open[first.id]?.idle == first.turn { return first.id }
            entries.removeFirst()
        }
        return nil
    }
}
