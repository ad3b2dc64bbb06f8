/// What came to one endpoint.
public struct TelemetryCounters: Hashable, Sendable {
    /// Samples handed to the sink.
    public var samples: UInt64 = 0
    /// Samples not handed on because the table of variables was full.
    public var droppedSamples: UInt64 = 0
    /// Samples that were refused, each for itself, by reason in the order of first appearance.
    public private(set) var refusals: [TelemetryRefusal] = []
    /// Telemetry messages that were refused whole, as they could not be read or were too large.
    public private(set) var refusedMessages: UInt64 = 0
    /// Why the first of them was; empty if none was.
    public private(set) var firstMessageRefusal = ""
    /// Whole telemetry messages received, readable or not.
    public var messages: UInt64 = 0
    /// Calls begun, of any method, known or not.
    public var calls: UInt64 = 0
    /// Calls answered with a status other than OK, or with an HTTP error.
    public var failedCalls: UInt64 = 0
    /// Connections taken in.
    public var connections: UInt64 = 0
    /// Connections turned away: another user's, one of an unknown owner, or one too many.
    public var rejectedConnections: UInt64 = 0
    /// Connections that broke the rules of HTTP/2, such as by bytes that aren't HTTP/2 at all.
    public var protocolErrors: UInt64 = 0

    public init() {}

    /// More reasons than this are counted as one. A client may make up as many as it likes.
    private static let mostReasons = 16

    mutating func refuse(_ samples: UInt64, named name: () -> String, _ reason: String) {
        if let place = refusals.firstIndex(where: { $0.reason == reason }) {
            refusals[place].samples &+= samples
        } else if refusals.count < Self.mostReasons {
            refusals.append(TelemetryRefusal(reason: reason, samples: samples, firstName: name()))
        } else {
            refusals[Self.mostReasons - 1].reason = "other reasons"
            refusals[Self.mostReasons - 1].samples &+= samples
        }
    }

    mutating func refuseMessage(_ reason: String) {
        if refusedMessages == 0 { firstMessageRefusal = reason }
        refusedMessages += 1
    }
}

/// Samples that were turned away for one reason, each for itself: the rest of their batches was taken in.
public struct TelemetryRefusal: Hashable, Sendable {
    /// A clause such as `the name is empty`.
    public var reason: String
    public var samples: UInt64
    /// The name of the first of them, cut to what a line has room for; empty if it had none.
    public var firstName: String

    /// Bytes of a client's text that are kept.
    private static let mostBytes = 80

    /// A text as it came, repaired where it is not UTF-8, and cut.
    static func excerpt(_ text: UnsafeRawBufferPointer) -> String {
        guard text.count > mostBytes else { return String(decoding: text, as: UTF8.self) }
        var end = mostBytes
        // Not within the bytes of one scalar.
        while end > mostBytes - 4, text[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: text[..<end], as: UTF8.self) + "…"
    }
}
