import Testing

@testable import RunnerHost

@Suite("Messages between the host and an engine's process")
struct MessageTests {
    private func buffer(_ bytes: [UInt8]) -> MessageBuffer {
        var buffer = MessageBuffer()
        bytes.withUnsafeBytes { buffer.append($0) }
        return buffer
    }

    @Test("They come as they were sent, in whatever pieces, with any bytes")
    func pieces() throws {
        var first = Message(.prepare), second = Message(.returned)
        first.put(UInt32(7))
        first.put("a\0b")
        [0xFF, 0x00, 0xC3].withUnsafeBytes { first.put(UnsafeRawBufferPointer(rebasing: $0[..<3])) }
        second.put(1.5)
        var buffer = MessageBuffer()
        var found: [MessageReader] = []
        for byte in first.sealed + second.sealed {
            [byte].withUnsafeBytes { buffer.append($0) }
            while let message = try buffer.next() { found.append(message) }
        }
        try #require(found.count == 2 && !buffer.isPartial)
        #expect(found.map(\.topic) == [.prepare, .returned])
        #expect(try found[0].value(UInt32.self) == 7 && found[0].text() == "a\0b")
        #expect(try found[0].data().count == 3 && found[0].isAtEnd)
        #expect(try found[1].value(Double.self) == 1.5)
    }

    @Test("What is no message is found out: an unknown topic, an enormous size, less in it than is read")
    func malformed() throws {
        #expect(throws: MalformedMessage.self) {
            var unknown = buffer([0, 0, 0, 0, 200, 0, 0, 0])
            _ = try unknown.next()
        }
        #expect(throws: MalformedMessage.self) {
            var huge = buffer([0xFF, 0xFF, 0xFF, 0xFF, Topic.returned.rawValue, 0, 0, 0])
            _ = try huge.next()
        }
        var short = Message(.returned)
        short.put(UInt32(1000))
        var sent = buffer(short.sealed)
        var message = try #require(try sent.next())
        #expect(throws: MalformedMessage.self) { try message.data() }
        #expect(throws: MalformedMessage.self) { try message.value(UInt64.self) }
    }

    @Test("How a process ended is one line: by whom, with what, in which call, and where in its library", arguments: [
        (nil, -1, 6, ["launch"], ["engine process: ended by SIGABRT in reap of engine x; its simulations end with it", "/a/libX.so(+0x12)[0x3]"],
            "ended with SIGABRT in reap at libX.so(+0x12)[0x3]"),
        (nil, -1, 9, ["launch", "reap"], [], "ended with SIGKILL in launch or in reap"),
        (nil, 3, 0, [], [], "ended with exit code 3 outside any call"),
            (
                nil, -1, 11, [], ["engine process: ended by SIGSEGV in no call of an engine; its simulations end with it"],
                "ended with SIGSEGV outside any call"
            ),
        (nil, 70, 0, ["reap"], ["engine process: engine x has closed descriptors; this process ends"], "was ended: engine x has closed descriptors"),
        ("used 300 MiB", -1, 9, ["launch"], [], "used 300 MiB"),
    ] as [(String?, Int32, Int32, [String], [String], String)])
    func endings(cause: String?, exitCode: Int32, signal: Int32, calls: [String], lastWords: [String], text: String) {
        let cause = cause.map { EngineChild.Cause(isHang: false, text: $0) }
        let ending = EngineEnded.describe(cause, exitCode: exitCode, signal: signal, calls: calls, lastWords: lastWords, library: "/a/libX.so")
        #expect(ending.text == text && !ending.isHang)
    }
}
