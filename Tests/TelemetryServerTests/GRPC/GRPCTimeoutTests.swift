import Testing

@testable import TelemetryServer

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
