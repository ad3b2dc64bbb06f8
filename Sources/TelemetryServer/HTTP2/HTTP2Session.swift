import CNGHTTP2

/// The server's side of one HTTP/2 connection: nghttp2's state machine, fed with what came from a socket and emptied of what
/// is to go there. Does no I/O.
///
/// Its output stays small as long as the caller takes it before it feeds in more.
final class HTTP2Session {
    struct OutOfMemory: Error {}

    private var session: OpaquePointer!
    /// Unsafe because it is looked up for every frame: the delegate owns the session, which calls it while it lives only.
    unowned(unsafe) let delegate: any HTTP2SessionDelegate

    /// A window that lets a client send without waiting for us on loopback; what is received is consumed at once, so it
    /// costs no memory.
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
            // Without priorities PRIORITY frames make no streams that someone would have to remember.
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

    /// Both sides have said all that they will.
    var isOver: Bool {
        nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
    }

    /// Takes in bytes from the client. False when the connection is past help and can only be closed.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        nghttp2_session_mem_recv(session, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count) == bytes.count
    }

    /// Appends what is to be sent, until nothing is left or `buffer` has `limit` bytes or a frame more.
    /// False when the connection is past help and can only be closed.
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

    /// Answers with a head alone, which ends the stream.
    func respond(_ stream: Int32, _ fields: [HTTP2Field]) {
        // An error here means that the stream or the connection is ending anyway.
        HTTP2Fields.with(fields) { _ = nghttp2_submit_response(session, stream, $0, $1, nil) }
    }

    /// Answers with a head and a body, for which the delegate is asked.
    func respondWithBody(_ stream: Int32, _ fields: [HTTP2Field]) {
        var provider = nghttp2_data_provider(source: nghttp2_data_source(), read_callback: HTTP2Callbacks.readBody)
        HTTP2Fields.with(fields) { _ = nghttp2_submit_response(session, stream, $0, $1, &provider) }
    }

    /// There is more of a body that was waiting.
    func resumeOutput(_ stream: Int32) {
        _ = nghttp2_session_resume_data(session, stream)
    }

    func submitTrailers(_ stream: Int32, _ fields: [HTTP2Field]) {
        HTTP2Fields.with(fields) { _ = nghttp2_submit_trailer(session, stream, $0, $1) }
    }

    /// The answer is complete, whether or not the request is: tells a client that still sends to stop.
    func answerEnded(_ stream: Int32) {
        if nghttp2_session_get_stream_remote_close(session, stream) == 0 {
            _ = nghttp2_submit_rst_stream(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream, NGHTTP2_NO_ERROR.rawValue)
        }
    }

    private static func makeOptions() throws(OutOfMemory) -> OpaquePointer {
        var options: OpaquePointer?
        guard nghttp2_option_new(&options) == 0, let options else { throw OutOfMemory() }
        // A client that opens and resets streams without end (CVE-2023-44487) loses its connection; one that cancels every
        // call because of its deadline does not.
        nghttp2_option_set_stream_reset_rate_limit(options, 1_000, 100)
        nghttp2_option_set_no_closed_streams(options, 1)
        return options
    }
}

/// Header fields as nghttp2 takes them; it copies them.
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
