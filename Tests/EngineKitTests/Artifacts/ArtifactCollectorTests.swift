import EngineABI
import EngineKit
import Foundation
import Support
import Testing
import TestSupport

/// What a collector was told.
private final class Collected {
    var directory = ""
    var artifacts: [String: (size: Int64, hash: String, type: String)] = [:]
    var warnings: [String] = []
    var asksUntilCancelled = Int.max

    static func from(
        _ directory: String, maxFiles: Int = 1000, maxFileBytes: Int64 = 1 << 30, maxBytes: Int64 = 1 << 30, asksUntilCancelled: Int = .max
    ) throws
        -> Collected
    {
        let result = Collected()
        result.asksUntilCancelled = asksUntilCancelled
        var raw = lynx_collector(
            struct_size: UInt32(MemoryLayout<lynx_collector>.size), context: Unmanaged.passUnretained(result).toOpaque(),
            output_directory: { Collected.of($0).directory = text($1) },
            artifact: { collector, artifact in
                let artifact = artifact!.pointee
                let hash = withUnsafeBytes(of: artifact.sha256) { $0.map { String(format: "%02x", $0) }.joined() }
                Collected.of(collector).artifacts[text(artifact.path)] = (artifact.size_bytes, hash, text(artifact.media_type))
            },
            warning: { Collected.of($0).warnings.append(text($1)) }, max_file_bytes: maxFileBytes, max_total_bytes: maxBytes,
            is_cancelled: {
                Collected.of($0).asksUntilCancelled -= 1
                return Collected.of($0).asksUntilCancelled < 0 ? 1 : 0
            })
        var collector = ArtifactCollector()
        collector.maxFiles = maxFiles
        try collector.collect(directory: directory, into: ArtifactSink(&raw))
        return result
    }

    private static func of(_ collector: UnsafePointer<lynx_collector>?) -> Collected {
        Unmanaged<Collected>.fromOpaque(collector!.pointee.context).takeUnretainedValue()
    }
}

private func text(_ string: lynx_string) -> String {
    String(decoding: UnsafeRawBufferPointer(start: string.data, count: string.size), as: UTF8.self)
}

@Suite("Collecting artifacts")
struct ArtifactCollectorTests {
    @Test("Every regular file is reported with its path, size, hash and media type")
    func reportsFiles() throws {
        let directory = try TemporaryDirectory()
        try directory.write("summary.json", "{}")
        try directory.write("deep/er/flight.csv", "a,b\n")
        try directory.write("empty", "")
        let found = try Collected.from(directory.path)
        #expect(found.directory == directory.path)
        #expect(Set(found.artifacts.keys) == ["summary.json", "deep/er/flight.csv", "empty"])
        // sha256sum of each content.
        #expect(found.artifacts["summary.json"]?.hash == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
        #expect(found.artifacts["empty"]?.hash == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(found.artifacts["deep/er/flight.csv"]?.size == 4)
        #expect(found.artifacts["deep/er/flight.csv"]?.type == "text/csv")
        #expect(found.artifacts["empty"]?.type == "application/octet-stream")
        #expect(found.warnings.isEmpty)
    }

    @Test("Nothing outside the directory is reached: links and special files are reported, not followed")
    func followsNothing() throws {
        let outside = try TemporaryDirectory()
        try outside.write("secret.txt", "secret")
        let directory = try TemporaryDirectory()
        try directory.write("kept.txt", "kept")
        try FileManager.default.createSymbolicLink(atPath: directory.path + "/link.txt", withDestinationPath: outside.path + "/secret.txt")
        try FileManager.default.createSymbolicLink(atPath: directory.path + "/folder", withDestinationPath: outside.path)
        try FileManager.default.createSymbolicLink(atPath: directory.path + "/loop", withDestinationPath: directory.path)
        #expect(mkfifo(directory.path + "/pipe", 0o600) == 0)
        let found = try Collected.from(directory.path)
        #expect(Set(found.artifacts.keys) == ["kept.txt"])
        #expect(
            found.warnings == [
                "folder: a symbolic link; not followed, not collected", "link.txt: a symbolic link; not followed, not collected",
                "loop: a symbolic link; not followed, not collected", "pipe: not a regular file; not collected",
            ])
    }

    @Test("An output directory that was replaced by a link is not followed")
    func replacedRoot() throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createSymbolicLink(atPath: directory.path + "/output", withDestinationPath: "/etc")
        #expect(throws: EngineError.self) { try Collected.from(directory.path + "/output") }
    }

    @Test("A name that is not UTF-8 is reported, and the others are kept")
    func foreignNames() throws {
        let directory = try TemporaryDirectory()
        try directory.write("fine.txt", "")
        var name = Array((directory.path + "/bad").utf8CString)
        name[name.count - 1] = CChar(bitPattern: 0xFF)
        name.append(0)
        #expect(creat(name, 0o600) >= 0)
        let found = try Collected.from(directory.path)
        #expect(Set(found.artifacts.keys) == ["fine.txt"])
        #expect(found.warnings.count == 1 && found.warnings[0].hasSuffix("its name is not UTF-8; not collected"))
    }

    @Test("More files than the limit are counted as what they are: left out, and said so")
    func limitsFiles() throws {
        let directory = try TemporaryDirectory()
        for index in 0..<10 { try directory.write("file-\(index)", "") }
        let found = try Collected.from(directory.path, maxFiles: 4)
        #expect(found.artifacts.count == 4)
        #expect(found.warnings == ["more than 4 files; the rest from file-4 on is not collected"])
    }

    @Test("Links count toward the limit too, so that a directory full of them comes to an end")
    func limitsLinks() throws {
        let directory = try TemporaryDirectory()
        for index in 0..<10 {
            try FileManager.default.createSymbolicLink(atPath: directory.path + "/link-\(index)", withDestinationPath: "nowhere")
        }
        let found = try Collected.from(directory.path, maxFiles: 4)
        #expect(found.warnings.count == 5 && found.warnings.last == "more than 4 files; the rest from link-4 on is not collected")
    }

    @Test("A file that claims more bytes than are read for all is left out, and said so; what fits is kept")
    func limitsBytes() throws {
        let directory = try TemporaryDirectory()
        try directory.write("a", "12345")
        try directory.write("b", "")
        #expect(truncate(directory.path + "/b", 1 << 42) == 0)
        try directory.write("c", "678")
        let found = try Collected.from(directory.path, maxBytes: 8)
        #expect(Set(found.artifacts.keys) == ["a", "c"])
        #expect(
            found.warnings == [
                "b: not collected, as with its 4398046511104 bytes the files would have more than artifact_max_total_bytes, which is 8"
            ])
    }

    @Test("A file larger than the limit for one is left out, and said so")
    func limitsOneFile() throws {
        let directory = try TemporaryDirectory()
        try directory.write("a", "12345")
        try directory.write("b", "123456")
        let found = try Collected.from(directory.path, maxFileBytes: 5)
        #expect(Set(found.artifacts.keys) == ["a"])
        #expect(found.warnings == ["b: not collected, as it has 6 bytes and artifact_max_bytes is 5"])
    }

    @Test("The hash of a file with holes is that of its bytes", arguments: [0, 1, 300_000, 4 << 20], [0, 5, 1 << 20])
    func holes(hole: Int, tail: Int) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("sparse", "head")
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seek(toOffset: UInt64(4 + hole))
        try file.write(contentsOf: Data("middle".utf8))
        try file.truncate(atOffset: UInt64(4 + hole + 6 + tail))
        try file.close()
        let found = try Collected.from(directory.path)
        let bytes = Data("head".utf8) + Data(count: hole) + Data("middle".utf8) + Data(count: tail)
        #expect(found.artifacts["sparse"]?.size == Int64(bytes.count))
        #expect(found.artifacts["sparse"]?.hash == SHA256.hash(bytes).hexadecimal)
    }

    @Test("Who no longer waits for the files is not kept waiting by the largest of them")
    func cancelled() throws {
        let directory = try TemporaryDirectory()
        try directory.write("a", "12345")
        try directory.write("b", "")
        // To be hashed in hours.
        #expect(truncate(directory.path + "/b", 8 << 40) == 0)
        try directory.write("c", "678")
        let found = try Collected.from(directory.path, maxFileBytes: .max, maxBytes: .max, asksUntilCancelled: 5)
        #expect(Set(found.artifacts.keys) == ["a"])
    }
}
