import EventLoop

/// gRPC over one HTTP/2 connection: turns received bytes into calls and their responses into bytes. It does no I/O.
final class GRPCConnection: HTTP2SessionDelegate {
    private let endpoint: EndpointState
    private var session: HTTP2Session!
    private var calls: [Int32: Call] = [:]
    /// The call that received data last, as most data belongs to the same call as before.
    private var latest: (stream: Int32, call: Call)?

    /// Whether the client has begun HTTP/2.
    private(set) var hasBegun = false

    private var isBroken = false

    /// Called when there may be output although nothing was received, as a call's deadline has passed.
    var onOutput: () -> Void = {}

    init(endpoint: EndpointState) throws {
        self.endpoint = endpoint
        session = try HTTP2Session(limits: endpoint.limits, delegate: self)
    }

    deinit {
        for call in calls.values { cancelDeadline(call) }
    }

    var isOver: Bool { session.isOver }

    /// Processes bytes from the client. Returns false if the connection is broken and can only be closed.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let isAlive = session.receive(bytes)
        if !isAlive { protocolBroken() }
        return isAlive
    }

    /// See `HTTP2Session.appendOutput`.
    func appendOutput(to buffer: inout [UInt8], limit: Int) -> Bool {
        session.appendOutput(to: &buffer, limit: limit)
    }

    func settingsReceived() {
        hasBegun = true
    }

    func streamBegan(_ stream: Int32) {
        endpoint.intake.counters.calls += 1
        calls[stream] = Call(endpoint: endpoint)
    }

    func streamField(_ stream: Int32, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        calls[stream]?.head.add(name: name, value: value)
    }

    func streamHeadEnded(_ stream: Int32) {
        guard let call = calls[stream] else { return }
        answer(stream, call, call.headEnded())
        guard !call.isAnswered, let timeout = call.timeout else { return }
        call.deadline = endpoint.context.schedule(after: timeout) { [weak self, weak call] _ in
            guard let self, let call else { return }
            call.deadline = nil
            self.expire(stream, call)
        }
    }

    func streamData(_ stream: Int32, _ bytes: UnsafeRawBufferPointer) {
        if latest?.stream != stream { latest = calls[stream].map { (stream, $0) } }
        guard let call = latest?.call else { return }
        answer(stream, call, call.data(bytes))
    }

    func streamInputEnded(_ stream: Int32) {
        guard let call = calls[stream] else { return }
        answer(stream, call, call.inputEnded())
    }

    func streamClosed(_ stream: Int32) {
        if latest?.stream == stream { latest = nil }
        guard let call = calls.removeValue(forKey: stream) else { return }
        cancelDeadline(call)
    }

    func streamOutput(_ stream: Int32, into buffer: UnsafeMutableRawBufferPointer) -> HTTP2Output {
        calls[stream]?.body.read(into: buffer) ?? .waiting
    }

    func protocolBroken() {
        guard !isBroken else { return }
        isBroken = true
        endpoint.intake.counters.protocolErrors += 1
    }

    private func answer(_ stream: Int32, _ call: Call, _ answer: Call.Answer?) {
        guard let answer else { return }
        call.answered()
        switch answer {
        case .http(let status):
            endpoint.intake.counters.failedCalls += 1
            session.respond(stream, [HTTP2Field(":status", "\(status)")])
        case .failure(let status):
            endpoint.intake.counters.failedCalls += 1
            session.respond(stream, Self.head + Self.trailers(status))
        case .message(let message):
            call.body.append(message: message)
            call.body.end(Self.trailers(.ok))
            session.respondWithBody(stream, Self.head)
        case .opening(let message):
            call.body.append(message: message)
            session.respondWithBody(stream, Self.head)
            return
        }
        cancelDeadline(call)
    }

    private func expire(_ stream: Int32, _ call: Call) {
        let status = GRPCStatus(.deadlineExceeded, "the call's deadline has passed")
        if call.isAnswered {
            endpoint.intake.counters.failedCalls += 1
            call.body.end(Self.trailers(status))
            session.resumeOutput(stream)
        } else {
            answer(stream, call, .failure(status))
        }
        onOutput()
    }

    private func cancelDeadline(_ call: Call) {
        guard let deadline = call.deadline else { return }
        endpoint.context.cancel(deadline)
        call.deadline = nil
    }

    private static let head = [
        HTTP2Field(":status", "200"),
        HTTP2Field("content-type", "application/grpc"),
        HTTP2Field("grpc-accept-encoding", MessageEncoding.accepted),
    ]

    private static func trailers(_ status: GRPCStatus) -> [HTTP2Field] {
        let code = HTTP2Field("grpc-status", "\(status.code.rawValue)")
        return status.message.isEmpty ? [code] : [code, HTTP2Field("grpc-message", status.encodedMessage)]
    }
}
