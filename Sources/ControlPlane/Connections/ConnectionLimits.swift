import Glibc
import NIOCore

/// How many connections a control plane keeps open, and how long it waits for what a client has to send.
struct ConnectionLimits: Hashable, Sendable {
    /// How many connections all clients may have together.
    var most: Int
    /// How many one address may have; an IPv6 /64 network counts as one address.
    var mostPerAddress: Int
    /// From the connection to the end of its first request's head.
    var firstHead = TimeAmount.seconds(30)
    /// From an answer to the end of the next request's head. Longer than clients keep connections for reuse (a minute, for
    /// runners), so that it is mostly they who hang up.
    var idle = TimeAmount.seconds(75)
    /// For the bytes of a request's body, as far as they are waited for, beside a second for each `bodyBytesPerSecond` received.
    var body = TimeAmount.seconds(60)
    var bodyBytesPerSecond = 500
    /// What was sent and the client's machine has not taken: TCP_USER_TIMEOUT.
    var unread = TimeAmount.seconds(120)

    /// Other descriptors than connections: the ledger's, files being sent, the object store's.
    private static let otherDescriptors = 192
    private static let enough = 8192

    /// - Parameter descriptors: how many files the process may have open.
    init(descriptors: Int) {
        most = max(16, min(Self.enough, descriptors - Self.otherDescriptors))
        mostPerAddress = max(8, most / 2)
    }

    /// Those of this process, which may have as many descriptors as it is allowed to ask for.
    static func ofProcess() -> ConnectionLimits {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return ConnectionLimits(descriptors: 1024) }
        let wanted = rlim_t(enough + otherDescriptors)
        if limit.rlim_cur < wanted {
            var raised = limit
            raised.rlim_cur = min(wanted, limit.rlim_max)
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return ConnectionLimits(descriptors: Int(clamping: limit.rlim_cur))
    }
}
