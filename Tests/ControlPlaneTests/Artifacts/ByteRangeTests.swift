import Testing

@testable import ControlPlane

@Suite("Ranges of bytes")
struct ByteRangeTests {
    private static let cases: [(header: String?, range: ByteRange)] = [
        (nil, .whole), ("bytes=0-0", .part(0..<1)), ("bytes=2-5", .part(2..<6)), ("bytes=5-", .part(5..<10)),
        ("bytes=8-99999999999999999999999", .part(8..<10)), ("bytes=-3", .part(7..<10)), ("bytes=-30", .part(0..<10)),
        ("Bytes= 1 - 2", .part(1..<3)), ("bytes=10-", .unsatisfiable), ("bytes=-0", .unsatisfiable), ("bytes=10-12", .unsatisfiable),
        ("bytes=5-2", .whole), ("bytes=0-1,3-4", .whole), ("lines=1-2", .whole), ("bytes=a-b", .whole), ("bytes=-", .whole),
        ("bytes=+1-2", .whole), ("bytes=1-2-3", .whole), ("bytes=", .whole),
    ]

    @Test("A range header asks for what RFC 9110 says", arguments: 0..<19)
    func headers(index: Int) {
        let (header, expected) = Self.cases[index]
        #expect(ByteRange(header: header, size: 10) == expected, "\(header ?? "no header")")
    }

    @Test("Nothing can be a part of an empty file")
    func empty() {
        #expect(ByteRange(header: "bytes=0-", size: 0) == .unsatisfiable)
        #expect(ByteRange(header: "bytes=-1", size: 0) == .unsatisfiable)
        #expect(ByteRange(header: nil, size: 0) == .whole)
    }
}
