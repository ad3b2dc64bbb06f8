import Testing

@testable import TelemetryServer

@Suite("A gRPC status")
struct GRPCStatusTests {
    @Test("Messages are percent-encoded byte for byte")
    func encoding() {
        #expect(GRPCStatus(.internal, "plain text, as it is").encodedMessage == "plain text, as it is")
        #expect(GRPCStatus(.internal, "100% ü\n").encodedMessage == "100%25 %C3%BC%0A")
    }

    @Test("A long message is cut, between characters")
    func length() {
        let encoded = GRPCStatus(.internal, String(repeating: "ü", count: 10_000)).encodedMessage
        #expect(encoded.utf8.count <= 1_006)
        #expect(encoded.hasSuffix("%C3%BC"))
    }
}
