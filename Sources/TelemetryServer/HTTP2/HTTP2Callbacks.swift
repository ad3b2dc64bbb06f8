import CNGHTTP2

/// nghttp2's callbacks, each translated to one of the delegate's. All answer 0, which is "go on": what is wrong with a
/// request is said in its response.
enum HTTP2Callbacks {
    static func make() throws(HTTP2Session.OutOfMemory) -> OpaquePointer {
        var made: OpaquePointer?
        guard nghttp2_session_callbacks_new(&made) == 0, let callbacks = made else { throw HTTP2Session.OutOfMemory() }
        setHeadCallbacks(callbacks)
        setFrameCallbacks(callbacks)
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, stream, data, count, session in
            let bytes = UnsafeRawBufferPointer(start: data, count: count)
            // Without counting references: this one comes for every frame of data.
            Unmanaged<HTTP2Session>.fromOpaque(session!)._withUnsafeGuaranteedRef { $0.delegate.streamData(stream, bytes) }
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, _, session in
            HTTP2Callbacks.session(session).delegate.streamClosed(stream)
            return 0
        }
        return callbacks
    }

    /// Asks the delegate for a body's bytes; sends the trailers when there are no more.
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
            // Most frames are data in the middle of a call, and tell nothing more than their bytes did.
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
