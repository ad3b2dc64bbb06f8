import Testing

@testable import Support

@Suite("SHA-256")
struct SHA256Tests {
    @Test(
        "The examples of the standard (FIPS 180-4)",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func examples(text: String, digest: String) {
        #expect(SHA256.hash(text.utf8).hexadecimal == digest)
        var hash = SHA256()
        for byte in text.utf8 { hash.update([byte]) }
        #expect(hash.finalize().hexadecimal == digest)
    }

    @Test("A million times the letter a")
    func million() {
        var hash = SHA256()
        let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
        for _ in 0..<1000 { piece.withUnsafeBytes { hash.update($0) } }
        #expect(hash.finalize().hexadecimal == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("A copy goes its own way, and a digest does not end the hash")
    func copies() {
        var one = SHA256()
        one.update("ab".utf8)
        var other = one
        other.update("x".utf8)
        #expect(one.finalize() == SHA256.hash("ab".utf8))
        one.update("c".utf8)
        #expect(one.finalize() == SHA256.hash("abc".utf8))
        #expect(other.finalize() == SHA256.hash("abx".utf8))
        #expect(one.finalize().bytes.count == 32)
    }

    @Test("From many threads at a time")
    func threads() async {
        await withTaskGroup(of: SHA256.Digest.self) { group in
            for _ in 0..<32 { group.addTask { SHA256.hash([UInt8](repeating: 7, count: 100_000)) } }
            var found: Set<SHA256.Digest> = []
            for await digest in group { found.insert(digest) }
            #expect(found.count == 1)
        }
    }

    @Test("HMAC, by the examples of RFC 4231")
    func authentication() {
        let first = SHA256.authenticationCode(of: "Hi There".utf8, key: [UInt8](repeating: 0x0B, count: 20))
        #expect(first.hexadecimal == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        let second = SHA256.authenticationCode(of: "what do ya want for nothing?".utf8, key: "Jefe".utf8)
        #expect(second.hexadecimal == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = SHA256.authenticationCode(
            of: "Test Using Larger Than Block-Size Key - Hash Key First".utf8, key: [UInt8](repeating: 0xAA, count: 131))
        #expect(long.hexadecimal == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }
}
