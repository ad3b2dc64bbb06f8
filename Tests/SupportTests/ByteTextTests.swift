import Testing

@testable import Support

@Suite("Bytes as text")
struct ByteTextTests {
    @Test("Two lower-case digits for each byte")
    func hexadecimal() {
        #expect([UInt8]().hexadecimal == "")
        #expect([0x00, 0x0A, 0x7F, 0xFF].hexadecimal == "000a7fff")
    }

    @Test("An id cannot leave its place in a URL's path")
    func percentEncoding() {
        #expect("b-1.r~7_X".percentEncoded() == "b-1.r~7_X")
        #expect("../a b?ä\n".percentEncoded() == "..%2Fa%20b%3F%C3%A4%0A")
        #expect("a/b c".percentEncoded(keeping: "/") == "a/b%20c")
        #expect("e\u{301}%".percentEncoded() == "e%CC%81%25")
    }
}
