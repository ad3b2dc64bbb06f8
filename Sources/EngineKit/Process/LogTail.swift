import Glibc
import PlainText

/// The end of a log, for an error message: as a terminal would have shown it, without what a terminal obeys.
public enum LogTail {
    /// As much of a log as an error message is looked for in.
    private static let window = 128 << 10
    /// Bytes of one line that are shown; of a longer one the beginning and the end.
    private static let lineBytes = 300

    /// At most the last `lines` lines, with at most `bytes` bytes; none if the file cannot be read. There is always one, if any.
    public static func read(_ path: String, lines: Int = 8, bytes: Int = 700) -> [String] {
        last(lines, of: all(path), bytes: bytes)
    }

    /// The last lines of these that have room.
    static func last(_ count: Int, of lines: [String], bytes: Int = 700) -> [String] {
        var shown: [String] = []
        var room = bytes
        for line in lines.reversed() {
            let line = clipped(line)
            room -= line.utf8.count + 1
            guard shown.count < count, room >= 0 || shown.isEmpty else { break }
            shown.append(line)
        }
        return shown.reversed()
    }

    /// The lines at the end of a log that are not empty.
    static func all(_ path: String) -> [String] {
        // Non-blocking: the simulation may have put a FIFO there, which nobody writes to.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return [] }
        let start = max(0, Int(info.st_size) - window)
        let content = [UInt8](unsafeUninitializedCapacity: window) { buffer, count in
            count = max(0, pread(descriptor, buffer.baseAddress, window, start))
        }
        return lines(of: content, isCut: start > 0)
    }

    /// - Parameter isCut: the first line has lost its beginning.
    static func lines(of content: [UInt8], isCut: Bool = false) -> [String] {
        var lines = content.split(separator: UInt8(ascii: "\n"))
        if isCut, lines.count > 1 { lines.removeFirst() }
        return lines.compactMap { line in
            // What a carriage return goes back over is written again, as progress bars do: only the last of it is seen.
            let seen = line.split(separator: UInt8(ascii: "\r")).last { part in part.contains { $0 > 0x20 } } ?? []
            let text = trimmed(PlainText.line(String(decoding: seen, as: UTF8.self)))
            return text.isEmpty ? nil : text
        }
    }

    private static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let last = scalars.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
        return String(scalars[...last])
    }

    /// The beginning and the end of a text that is longer than a line has room for.
    static func clipped(_ text: String) -> String {
        guard text.utf8.count > lineBytes else { return text }
        let tail = lineBytes / 3
        func most(_ bytes: Int, of scalars: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
            var room = bytes
            return scalars.prefix { scalar in
                room -= UTF8.width(scalar)
                return room >= 0
            }
        }
        let ends = most(lineBytes - tail - 5, of: text.unicodeScalars) + " … ".unicodeScalars + most(tail, of: text.unicodeScalars.reversed()).reversed()
        return String(String.UnicodeScalarView(ends))
    }
}
