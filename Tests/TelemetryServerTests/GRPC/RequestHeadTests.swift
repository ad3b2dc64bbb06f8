import Testing

@testable import TelemetryServer

@Suite("The head of a request")
struct RequestHeadTests {
    private func head(_ fields: KeyValuePairs<String, String>, maxBytes: Int = 16 << 10) -> RequestHead {
        var head = RequestHead(maxBytes: maxBytes)
        let usual: KeyValuePairs = [
            ":method": "POST", ":path": Messages.report, "content-type": "application/grpc",
        ]
        for (name, value) in Array(usual) + Array(fields) {
            Array(name.utf8).withUnsafeBytes { name in
                Array(value.utf8).withUnsafeBytes { head.add(name: name, value: $0) }
            }
        }
        return head
    }

    @Test("A plain request names its method, no compression and no timeout")
    func plain() throws {
        #expect(try head([:]).request() == .init(method: .report, encoding: .identity, timeout: nil))
    }

    @Test("Compression and timeout are read")
    func full() throws {
        let head = head(["grpc-encoding": "gzip", "grpc-timeout": "2S", ":path": "/grpc.health.v1.Health/Watch"])
        #expect(try head.request() == .init(method: .healthWatch, encoding: .gzip, timeout: 2_000_000_000))
    }

    @Test(
        "gRPC's content types with protobuf messages are taken",
        arguments: [
            "application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8", "application/grpc+proto ; x=y",
        ])
    func contentType(type: String) throws {
        #expect(throws: Never.self) { _ = try head(["content-type": type]).request() }
    }

    @Test(
        "Other content types are HTTP 415",
        arguments: ["", "text/plain", "application/grpc-web", "application/grpc+json", "application/grpcx"])
    func wrongContentType(type: String) {
        #expect(throws: RequestHead.Rejection.http(status: 415)) { _ = try head(["content-type": type]).request() }
    }

    @Test("Only POST is gRPC")
    func httpMethod() {
        #expect(throws: RequestHead.Rejection.http(status: 405)) { _ = try head([":method": "GET"]).request() }
    }

    @Test("An unknown compression is UNIMPLEMENTED and told what there is")
    func encoding() {
        let expected = GRPCStatus(.unimplemented, "no compression 'br'; there are identity,gzip,deflate")
        #expect(throws: RequestHead.Rejection.grpc(expected)) { _ = try head(["grpc-encoding": "br"]).request() }
    }

    @Test("A malformed timeout is INTERNAL")
    func timeout() {
        let expected = GRPCStatus(.internal, "grpc-timeout is 'soon'; '100m' would be right")
        #expect(throws: RequestHead.Rejection.grpc(expected)) { _ = try head(["grpc-timeout": "soon"]).request() }
    }

    @Test("Fields are counted by RFC 9113's measure; over the limit is RESOURCE_EXHAUSTED")
    func limit() {
        let expected = GRPCStatus(.resourceExhausted, "the request's header fields are over the limit of 400 bytes")
        let base = head([:], maxBytes: 400)
        #expect(throws: Never.self) { _ = try base.request() }
        #expect(throws: RequestHead.Rejection.grpc(expected)) {
            _ = try head(["x": String(repeating: "y", count: 400)], maxBytes: 400).request()
        }
        // Many small fields weigh by their number.
        var many = base
        for _ in 0..<20 { [UInt8(1)].withUnsafeBytes { many.add(name: $0, value: $0) } }
        #expect(throws: RequestHead.Rejection.grpc(expected)) { _ = try many.request() }
    }
}

@Suite("A gRPC timeout")
struct GRPCTimeoutTests {
    @Test(
        "Every unit has its scale",
        arguments: [
            ("1H", 3_600_000_000_000), ("2M", 120_000_000_000), ("3S", 3_000_000_000), ("4m", 4_000_000),
            ("5u", 5_000), ("6n", 6), ("0S", 0), ("99999999u", 99_999_999_000), ("007m", 7_000_000),
        ] as [(String, UInt64)])
    func units(text: String, nanoseconds: UInt64) {
        #expect(GRPCTimeout.nanoseconds(Array(text.utf8)) == nanoseconds)
    }

    @Test("The longest timeout is the longest time")
    func longest() {
        #expect(GRPCTimeout.nanoseconds(Array("99999999H".utf8)) == .max)
    }

    @Test("Anything else is no timeout", arguments: ["", "S", "1", "1s", "123456789m", "-1S", "1.5S", " 1S", "1S "])
    func invalid(text: String) {
        #expect(GRPCTimeout.nanoseconds(Array(text.utf8)) == nil)
    }
}
