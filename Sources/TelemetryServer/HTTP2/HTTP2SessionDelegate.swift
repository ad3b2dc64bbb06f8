/// What a session tells of its requests. Called during `receive` and `appendOutput` only; within, responses may be
/// submitted, but neither of the two may be called again. Bytes are valid during the call only.
protocol HTTP2SessionDelegate: AnyObject {
    /// The client has begun to speak HTTP/2.
    func settingsReceived()
    func streamBegan(_ stream: Int32)
    /// One field of the request's head, pseudo-fields included. Trailers are not reported.
    func streamField(_ stream: Int32, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)
    func streamHeadEnded(_ stream: Int32)
    func streamData(_ stream: Int32, _ bytes: UnsafeRawBufferPointer)
    /// The client has sent all of its request.
    func streamInputEnded(_ stream: Int32)
    /// The stream is gone, at its end or reset by either side.
    func streamClosed(_ stream: Int32)
    /// Asks for bytes of the body of a response that was submitted with one.
    func streamOutput(_ stream: Int32, into buffer: UnsafeMutableRawBufferPointer) -> HTTP2Output
    /// The client did what HTTP/2 forbids.
    func protocolBroken()
}

/// What a body has to give.
enum HTTP2Output {
    /// Bytes were written, and more may be there at once.
    case bytes(Int)
    /// Nothing for now; `HTTP2Session.resumeOutput` asks again.
    case waiting
    /// End of data; trailers follow.
    case end(trailers: [HTTP2Field])
}

struct HTTP2Field {
    let name: String
    let value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
