import Glibc
import Support
import Synchronization

/// What an engine's process prints, which is passed on to this process's own streams, and what it says last.
final class ChildOutput: Sendable {
    enum Stream: Int, CaseIterable, Sendable { case standardOutput = 1, standardError = 2 }

    /// The limit for each stream; of what is printed after it, only the end is kept.
    static let mostBytes = 16 << 20
    /// The beginning of the line that tells of a crash, and of the frames that follow it.
    static let lastWordsPrefix = "engine process: "

    private let folder: String
    private let positions = Mutex<[Int64]>([0, 0, 0])

    init() throws(FileError) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/lynx-engine-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .last("make a folder in", parent) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for stream in Stream.allCases { unlink(path(stream)) }
        rmdir(folder)
    }

    func path(_ stream: Stream) -> String { "\(folder)/\(stream.rawValue)" }

    /// Passes on what is new.
    func forward() {
        for stream in Stream.allCases { _ = read(stream, forwards: true) }
    }

    /// Passes on the rest, except for the last words, which are returned: the line, and the frames that follow it.
    func finish() -> [String] {
        _ = read(.standardOutput, forwards: true)
        let rest = String(decoding: read(.standardError, forwards: false), as: UTF8.self)
        var lines = rest.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        let start = lines.lastIndex { $0.hasPrefix(Self.lastWordsPrefix) } ?? lines.endIndex
        let before = lines[..<start].map { $0 + "\n" }.joined()
        if !before.isEmpty { Self.write(Array(before.utf8), to: .standardError) }
        return Array(lines[start...])
    }

    private func read(_ stream: Stream, forwards: Bool) -> [UInt8] {
        positions.withLock { positions in
            guard let file = try? OwnedDescriptor.open(path(stream), O_RDONLY) else { return [] }
            var found: [UInt8] = []
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
            defer { buffer.deallocate() }
            while let count = try? file.read(at: positions[stream.rawValue], into: buffer, of: ""), count > 0 {
                positions[stream.rawValue] += Int64(count)
                found += UnsafeRawBufferPointer(rebasing: buffer[..<count])
            }
            // A crash tells of itself in several pieces, which are left for the end.
            if forwards, stream == .standardError, let start = Self.lastWords(in: found) {
                positions[stream.rawValue] -= Int64(found.count - start)
                found.removeLast(found.count - start)
            }
            if forwards, !found.isEmpty { Self.write(found, to: stream) }
            return found
        }
    }

    private static func lastWords(in bytes: [UInt8]) -> Int? {
        let prefix = Array(lastWordsPrefix.utf8)
        guard bytes.count >= prefix.count else { return nil }
        return (0...bytes.count - prefix.count).last { start in
            (start == 0 || bytes[start - 1] == UInt8(ascii: "\n")) && bytes[start..<start + prefix.count].elementsEqual(prefix)
        }
    }

    private static func write(_ bytes: [UInt8], to stream: Stream) {
        bytes.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count {
                let count = Glibc.write(Int32(stream.rawValue), bytes.baseAddress! + start, bytes.count - start)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return }
                start += count
            }
        }
    }
}
