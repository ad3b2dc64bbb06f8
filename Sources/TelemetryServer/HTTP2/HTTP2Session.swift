import CNGHTTP2

/// The server's side of one HTTP/2 connection: nghttp2's state machine, which receives a socket's input and produces its
/// output. It does no I/O.
///
/// Its output stays small if the caller fetches it before passing more input.
final class HTTP2Session {
    struct OutOfMemory: Error {}

    private var session: OpaquePointer!
    /// Unsafe because it is read for every frame. This is sound because the delegate owns the session, which calls it only
    /// while it exists.
    unowned(unsafe) let delegate: any HTTP2SessionDelegate

    /// A window in bytes that lets a client on loopback send without waiting. Received data is consumed at once, so it costs no
    /// memory.
    private static let streamWindow: UInt32 = 1 << 20
    private static let connectionWindow: CInt = 4 << 20

    init(limits: TelemetryLimits, delegate: any HTTP2SessionDelegate) throws(OutOfMemory) {
        self.delegate = delegate
        let callbacks = try HTTP2Callbacks.make()
        defer { nghttp2_session_callbacks_del(callbacks) }
        let options = try Self.makeOptions()
        defer { nghttp2_option_del(options) }
        let me = Unmanaged.passUnretained(self).toOpaque()
        guard nghttp2_session_server_new2(&session, callbacks, me, options) == 0 else { throw OutOfMemory() }
        let settings = [
            (NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, UInt32(limits.maxConcurrentStreams)),
            (NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, Self.streamWindow),
            (NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, UInt32(limits.maxHeaderListBytes)),
            // Without priorities, PRIORITY frames create no streams that would have to be remembered.
            (NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1),
        ].map { nghttp2_settings_entry(settings_id: Int32($0.0.rawValue), value: $0.1) }
        guard nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), settings, settings.count) == 0,
            nghttp2_session_set_local_window_size(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, Self.connectionWindow) == 0
        else { throw OutOfMemory() }
    }

    deinit {
        nghttp2_session_del(session)
    }

    /// Whether both sides have finished sending.
    var isOver: Bool {
        nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
    }

    /// Processes bytes from the client. Returns false if the connection is broken and can only be closed.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        nghttp2_session_mem_recv(session, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count) == bytes.count
    }

    /// Appends output until none is left or `buffer` exceeds `limit` bytes by at most a frame. Returns false if the connection
    /// is broken and can only be closed.
    func appendOutput(to buffer: inout [UInt8], limit: Int) -> Bool {
        while buffer.count < limit {
            var chunk: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(session, &chunk)
            guard count >= 0 else { return false }
            guard count > 0 else { break }
            buffer += UnsafeBufferPointer(start: chunk, count: count)
        }
        return true
    }

    /// Responds with a head only, which ends the stream.
    func respond(_ stream: Int32, _ fields: [HTTP2Field]) {
        // An error means that the stream or the connection is ending anyway.
        HTTP2Fields.with(fields) { _ = nghttp2_submit_response(session, stream, $0, $1, nil) }
    }

    /// Responds with a head and a body, which the delegate provides.
    func respondWithBody(_ stream: Int32, _ fields: [HTTP2Field]) {
        var provider = nghttp2_data_provider(source: nghttp2_data_source(), read_callback: HTTP2Callbacks.readBody)
        HTTP2Fields.with(fields) { _ = nghttp2_submit_response(session, stream, $0, $1, &provider) }
    }

    /// Resumes a body that was waiting for more data.
    func resumeOutput(_ stream: Int32) {
        _ = nghttp2_session_resume_data(session, stream)
    }

    func submitTrailers(_ stream: Int32, _ fields: [HTTP2Field]) {
        HTTP2Fields.with(fields) { _ = nghttp2_submit_trailer(session, stream, $0, $1) }
    }

    /// Called when the response is complete: tells a client that is still sending to stop.
    func answerEnded(_ stream: Int32) {
        if nghttp2_session_get_stream_remote_close(session, stream) == 0 {
            _ = nghttp2_submit_rst_stream(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream, NGHTTP2_NO_ERROR.rawValue)
        }
    }

    private static func makeOptions() throws(OutOfMemory) -> OpaquePointer {
        var options: OpaquePointer?
        guard nghttp2_option_new(&options) == 0, let options else { throw OutOfMemory() }
        // A client that opens and resets streams without end (CVE-2023-44487) loses its connection; one that cancels every call
        // at its deadline does not.
        nghttp2_option_set_stream_reset_rate_limit(options, 1_000, 100)
        nghttp2_option_set_no_closed_streams(options, 1)
        return options
    }
}

/// Header fields in nghttp2's format; nghttp2 copies them.
enum HTTP2Fields {
    static func with(_ fields: [HTTP2Field], _ body: (UnsafePointer<nghttp2_nv>, Int) -> Void) {
        var bytes: [UInt8] = []
        for field in fields { bytes += Array(field.name.utf8) + Array(field.value.utf8) }
        bytes.withUnsafeMutableBufferPointer { buffer in
            var next = buffer.baseAddress!
            let values = fields.map { field in
                let name = next
                let value = name + field.name.utf8.count
                next = value + field.value.utf8.count
                return nghttp2_nv(
                    name: name, value: value, namelen: field.name.utf8.count, valuelen: field.value.utf8.count,
                    flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
            }
            body(values, values.count)
        }
    }
}
