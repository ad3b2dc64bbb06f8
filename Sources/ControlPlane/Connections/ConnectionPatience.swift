import NIOCore

/// How long one connection may take over what its client has to send next. Pure: it is told what happens, and says when
/// patience ends.
struct ConnectionPatience {
    /// What is waited for in vain.
    enum Overdue: Hashable, Sendable {
        /// A connection that has sent no request.
        case firstHead
        /// Another request: nothing is wrong with that.
        case nextHead
        case body
    }

    private let limits: ConnectionLimits
    /// Since the connection was made, or its last request was answered.
    private var idleSince: NIODeadline
    private var isFirst = true
    /// Requests whose answers are not complete.
    private var unanswered = 0
    /// A request's body is on its way.
    private var isReceiving = false
    /// Since the server asked for more of the body; nil while it has enough.
    private var wantedSince: NIODeadline?
    /// How long it has waited for the parts of this body so far.
    private var waited = TimeAmount.zero
    private var bodyBytes: Int64 = 0

    init(_ limits: ConnectionLimits, now: NIODeadline) {
        self.limits = limits
        idleSince = now
    }

    /// There is nothing to be done for its client.
    var isIdle: Bool { unanswered == 0 && !isReceiving }

    /// What is overdue at which time, if it has not come by then; nil while it is the server's turn.
    var limit: (deadline: NIODeadline, overdue: Overdue)? {
        if isReceiving {
            guard let wantedSince else { return nil }
            let earned = TimeAmount.seconds(bodyBytes / Int64(max(1, limits.bodyBytesPerSecond)))
            return (wantedSince + limits.body + earned - waited, .body)
        }
        if unanswered > 0 { return nil }
        return isFirst ? (idleSince + limits.firstHead, .firstHead) : (idleSince + limits.idle, .nextHead)
    }

    mutating func headCame() {
        isFirst = false
        unanswered += 1
        isReceiving = true
        // What was waited for so far was the head.
        wantedSince = nil
        waited = .zero
        bodyBytes = 0
    }

    mutating func bodyCame(bytes: Int, now: NIODeadline) {
        if let since = wantedSince { waited = waited + (now - since) }
        wantedSince = nil
        bodyBytes += Int64(bytes)
    }

    mutating func requestEnded(now: NIODeadline) {
        isReceiving = false
        if isIdle { idleSince = now }
    }

    /// The server reads on.
    mutating func wanted(now: NIODeadline) {
        if wantedSince == nil { wantedSince = now }
    }

    mutating func answered(now: NIODeadline) {
        unanswered = max(0, unanswered - 1)
        if isIdle { idleSince = now }
    }
}
