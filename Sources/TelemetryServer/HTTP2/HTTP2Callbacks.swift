import CNGHTTP2

/// nghttp2's callbacks, each translated to a call of the delegate. All return 0, which means "continue": errors in a request
/// appear in its response.
enum HTTP2Callbacks {
    static func make() throws(HTTP2Session.OutOfMemory) -> OpaquePointer {
        var made: OpaquePointer?
        guard nghttp2_session_callbacks_new(&made) == 0, let callbacks = made else { throw HTTP2Session.OutOfMemory() }
        setHeadCallbacks(callbacks)
        setFrameCallbacks(callbacks)
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, stream, data, count, session in
            let bytes = UnsafeRawBufferPointer(start: data, count: count)
            // This avoids reference counting, as the callback runs for every data frame.
            Unmanaged<HTTP2Session>.fromOpaque(session!)._withUnsafeGuaranteedRef { $0.delegate.streamData(stream, bytes) }
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, _, session in
            HTTP2Callbacks.session(session).delegate.streamClosed(stream)
            return 0
        }
        return callbacks
    }

    /// Requests a body's bytes from the delegate; sends the trailers when there are no more.
    static let readBody: nghttp2_data_source_read_callback = { _, stream, buffer, count, flags, _, session in
        let session = HTTP2Callbacks.session(session)
        switch session.delegate.streamOutput(stream, into: UnsafeMutableRawBufferPointer(start: buffer, count: count)) {
        case .bytes(let written):
            return written
        case .waiting:
            return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        case .end(let trailers):
            flags!.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue | NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
            session.submitTrailers(stream, trailers)
            return 0
        }
    }

    private static func setHeadCallbacks(_ callbacks: OpaquePointer) {
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, session in
            if HTTP2Callbacks.isRequestHead(frame!) {
                HTTP2Callbacks.session(session).delegate.streamBegan(frame!.pointee.hd.stream_id)
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _, frame, name, nameCount, value, valueCount, _, session in
            if HTTP2Callbacks.isRequestHead(frame!) {
                HTTP2Callbacks.session(session).delegate.streamField(
                    frame!.pointee.hd.stream_id,
                    name: UnsafeRawBufferPointer(start: name, count: nameCount),
                    value: UnsafeRawBufferPointer(start: value, count: valueCount))
            }
            return 0
        }
    }

    private static func setFrameCallbacks(_ callbacks: OpaquePointer) {
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, session in
            let header = frame!.pointee.hd
            // Most frames are data in the middle of a call, and their bytes have been reported already.
            if UInt32(header.type) == NGHTTP2_DATA.rawValue, !HTTP2Callbacks.endsStream(header) { return 0 }
            HTTP2Callbacks.frameReceived(frame!, HTTP2Callbacks.session(session).delegate)
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { _, frame, session in
            HTTP2Callbacks.frameSent(frame!, HTTP2Callbacks.session(session))
            return 0
        }
        nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks) { _, _, _, session in
            HTTP2Callbacks.session(session).delegate.protocolBroken()
            return 0
        }
    }

    private static func frameReceived(_ frame: UnsafePointer<nghttp2_frame>, _ delegate: any HTTP2SessionDelegate) {
        let header = frame.pointee.hd
        switch UInt32(header.type) {
        case NGHTTP2_SETTINGS.rawValue:
            delegate.settingsReceived()
        case NGHTTP2_HEADERS.rawValue:
            if isRequestHead(frame) { delegate.streamHeadEnded(header.stream_id) }
            if endsStream(header) { delegate.streamInputEnded(header.stream_id) }
        case NGHTTP2_DATA.rawValue:
            if endsStream(header) { delegate.streamInputEnded(header.stream_id) }
        default:
            break
        }
    }

    private static func frameSent(_ frame: UnsafePointer<nghttp2_frame>, _ session: HTTP2Session) {
        let header = frame.pointee.hd
        switch UInt32(header.type) {
        case NGHTTP2_HEADERS.rawValue:
            if endsStream(header) { session.answerEnded(header.stream_id) }
        case NGHTTP2_GOAWAY.rawValue:
            if frame.pointee.goaway.error_code != NGHTTP2_NO_ERROR.rawValue { session.delegate.protocolBroken() }
        default:
            break
        }
    }

    private static func isHeaders(_ header: nghttp2_frame_hd) -> Bool {
        UInt32(header.type) == NGHTTP2_HEADERS.rawValue
    }

    private static func endsStream(_ header: nghttp2_frame_hd) -> Bool {
        UInt32(header.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0
    }

    private static func isRequestHead(_ frame: UnsafePointer<nghttp2_frame>) -> Bool {
        isHeaders(frame.pointee.hd) && frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST
    }

    private static func session(_ userData: UnsafeMutableRawPointer?) -> HTTP2Session {
        Unmanaged<HTTP2Session>.fromOpaque(userData!).takeUnretainedValue()
    }
}

/// Receives a session's events. It is called during `receive` and `appendOutput` only; it may submit responses, but must not
/// call either of the two. Bytes are valid during the call only.
protocol HTTP2SessionDelegate: AnyObject {
    /// The client has begun HTTP/2.
    func settingsReceived()
    func streamBegan(_ stream: Int32)
    /// One field of the request's head, including pseudo-fields. Trailers are not reported.
    func streamField(_ stream: Int32, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)
    func streamHeadEnded(_ stream: Int32)
    func streamData(_ stream: Int32, _ bytes: UnsafeRawBufferPointer)
    /// The request is complete.
    func streamInputEnded(_ stream: Int32)
    /// The stream has ended or was reset by either side.
    func streamClosed(_ stream: Int32)
    /// Requests bytes for the body of a response that was submitted with one.
    func streamOutput(_ stream: Int32, into buffer: UnsafeMutableRawBufferPointer) -> HTTP2Output
    /// The client violated HTTP/2.
    func protocolBroken()
}

/// The result of a request for a body's bytes.
enum HTTP2Output {
    /// Bytes were written; more may be available at once.
    case bytes(Int)
    /// No bytes are available now; `HTTP2Session.resumeOutput` requests them again.
    case waiting
    /// The body has ended; trailers follow.
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
