import EventLoop

/// One gRPC call: collects its head and body, and determines the response. It is independent of HTTP/2 frames.
final class Call {
    enum Answer {
        /// The request is not a gRPC call.
        case http(status: Int)
        /// A status without a message.
        case failure(GRPCStatus)
        /// One message, then status OK.
        case message([UInt8])
        /// The first message of a call that continues until the client ends it.
        case opening([UInt8])
    }

    var head: RequestHead
    private(set) var isAnswered = false
    var body = CallBody()
    var deadline: TimerToken?

    private let endpoint: EndpointState
    private var request: RequestHead.Request?
    private var framer: MessageFramer
    private var chargedBytes = 0
    private var messages = 0
    private var acceptedSamples: UInt64 = 0
    private var service = ""

    init(endpoint: EndpointState) {
        self.endpoint = endpoint
        head = RequestHead(maxBytes: endpoint.limits.maxHeaderListBytes)
        framer = MessageFramer(maxMessageBytes: endpoint.limits.maxMessageBytes)
    }

    deinit {
        releaseInput()
    }

    /// The client's deadline for the call in nanoseconds; known once the head is complete.
    var timeout: UInt64? { request?.timeout }

    func headEnded() -> Answer? {
        do throws(RequestHead.Rejection) {
            request = try head.request()
            return nil
        } catch {
            switch error {
            case .http(let status): return .http(status: status)
            case .grpc(let status): return .failure(status)
            }
        }
    }

    func data(_ bytes: UnsafeRawBufferPointer) -> Answer? {
        guard let request, !isAnswered else { return nil }
        do throws(GRPCStatus) {
            try framer.feed(bytes) { isCompressed, message throws(GRPCStatus) in
                try self.unwrap(message, isCompressed, request)
            }
            try charge()
            return nil
        } catch {
            if request.method == .stream || request.method == .report { endpoint.intake.counters.refuseMessage(error.message) }
            return .failure(error)
        }
    }

    func inputEnded() -> Answer? {
        guard let request, !isAnswered else { return nil }
        if framer.isInsideMessage {
            return .failure(GRPCStatus(.internal, "the call ended inside a message"))
        }
        if !request.method.takesManyMessages, messages == 0 {
            return .failure(GRPCStatus(.internal, "the call has no message"))
        }
        switch request.method {
        case .stream, .report:
            return .message(TelemetryIntake.acknowledgement(accepted: acceptedSamples))
        case .healthCheck:
            guard isKnownService else { return .failure(GRPCStatus(.notFound, "no service \(service)")) }
            return .message(HealthMessages.response(.serving))
        case .healthWatch:
            return .opening(HealthMessages.response(isKnownService ? .serving : .serviceUnknown))
        }
    }

    /// Ignores the call's further input.
    func answered() {
        isAnswered = true
        releaseInput()
    }

    private func unwrap(
        _ message: UnsafeRawBufferPointer, _ isCompressed: Bool, _ request: RequestHead.Request
    ) throws(GRPCStatus) {
        guard isCompressed else { return try receive(message, request.method) }
        guard request.encoding != .identity else {
            throw GRPCStatus(.internal, "a message is compressed, but the call names no grpc-encoding")
        }
        try endpoint.inflater.inflate(message, request.encoding, limit: endpoint.limits.maxMessageBytes) {
            plain throws(GRPCStatus) in
            try self.receive(plain, request.method)
        }
    }

    private func receive(_ message: UnsafeRawBufferPointer, _ method: GRPCMethod) throws(GRPCStatus) {
        messages += 1
        guard messages == 1 || method.takesManyMessages else {
            throw GRPCStatus(.internal, "a second message; \(method.rawValue) takes one")
        }
        switch method {
        case .stream, .report:
            try endpoint.intake.accept(message, accepted: &acceptedSamples)
        case .healthCheck, .healthWatch:
            service = try HealthMessages.service(message)
        }
    }

    private var isKnownService: Bool { GRPCMethod.healthyServices.contains(service) }

    private func charge() throws(GRPCStatus) {
        let before = chargedBytes
        chargedBytes = framer.bufferedBytes
        if chargedBytes == before { return }
        guard endpoint.bufferChanged(from: before, to: chargedBytes) else {
            throw GRPCStatus(
                .resourceExhausted, "unfinished messages are over the limit of \(endpoint.limits.maxBufferedBytes) bytes")
        }
    }

    private func releaseInput() {
        framer = MessageFramer(maxMessageBytes: endpoint.limits.maxMessageBytes)
        _ = endpoint.bufferChanged(from: chargedBytes, to: 0)
        chargedBytes = 0
    }
}

/// The outgoing body of a call's response, and its trailers.
struct CallBody {
    private var bytes: [UInt8] = []
    private var sent = 0
    private var trailers: [HTTP2Field]?

    mutating func append(message: [UInt8]) {
        bytes += MessageFramer.frame(message)
    }

    mutating func end(_ trailers: [HTTP2Field]) {
        self.trailers = trailers
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> HTTP2Output {
        let count = min(buffer.count, bytes.count - sent)
        guard count > 0 else { return trailers.map(HTTP2Output.end) ?? .waiting }
        buffer.copyBytes(from: bytes[sent..<sent + count])
        sent += count
        return .bytes(count)
    }
}
