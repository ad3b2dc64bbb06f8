import LynxModel
import Testing

@Suite("The manifest of a bundle")
struct BundleManifestTests {
    private static let hash = String(repeating: "ab", count: 32)

    private func file(_ path: String, size: Int64 = 1) -> BundleManifest.File {
        .init(path: path, size: size, isExecutable: path.hasSuffix(".sh"), sha256: Self.hash)
    }

    @Test("Its text, read again, is the same manifest, whatever the order of the files") func text() throws {
        let manifest = try BundleManifest([file("b"), file("a b/ç.sh", size: 7), file("a")])
        #expect(
            String(decoding: manifest.text, as: UTF8.self)
                == "lynx-bundle 1\n\(Self.hash) 1 - a\n\(Self.hash) 7 x a b/ç.sh\n\(Self.hash) 1 - b\n")
        #expect(try BundleManifest(text: manifest.text) == manifest)
        #expect(try BundleManifest([file("a"), file("a b/ç.sh", size: 7), file("b")]) == manifest)
        #expect(manifest.size == 9)
    }

    @Test("Paths that lead elsewhere or that a line cannot hold are refused", arguments: [
        "", "/a", "a/", "a//b", "./a", "a/./b", "../a", "a/..", "..", "a\nb", "a\tb", "a\u{7F}", String(repeating: "x", count: 256),
        String(repeating: "abc/", count: 300) + "d",
    ])
    func paths(path: String) {
        #expect(throws: BundleManifest.Failure.self) { try BundleManifest([file(path)]) }
    }

    @Test("What has no place beside another is refused") func collisions() {
        #expect(throws: BundleManifest.Failure(description: "'a' is a file and a folder")) { try BundleManifest([file("a"), file("a/b")]) }
        #expect(throws: BundleManifest.Failure(description: "'a' is there twice")) { try BundleManifest([file("a"), file("a")]) }
        #expect(throws: BundleManifest.Failure.self) { try BundleManifest([file("a", size: .max), file("b", size: .max)]) }
        #expect(throws: BundleManifest.Failure(description: "it has 20001 files; a bundle may have 20000")) {
            try BundleManifest((0...20_000).map { file("f\($0)") })
        }
    }

    @Test("A text that is cut, reordered or in another spelling is refused", arguments: [
        { $0.dropLast() }, { $0 + [10] }, { Array("lynx-bundle 1\n".utf8) + $0 }, { $0.map { $0 == 0x31 ? 0x30 : $0 } },
    ] as [@Sendable ([UInt8]) -> [UInt8]])
    func damaged(change: @Sendable ([UInt8]) -> [UInt8]) throws {
        let text = try BundleManifest([file("a", size: 11), file("b")]).text
        #expect(throws: BundleManifest.Failure.self) { try BundleManifest(text: change(text)) }
    }
}
