import Glibc
import PlainText
import Support

/// The end of a log for an error message, as a terminal would show it but without control sequences.
public enum LogTail {
    /// The part of a log, in bytes from its end, that is searched for an error message.
    private static let window = 128 << 10
    /// The number of bytes that are shown of one line; a longer line is cut in the middle.
    private static let lineBytes = 300

    /// At most the last `lines` lines with at most `bytes` bytes in all, but always one line if there is any; empty if the file
    /// cannot be read.
    public static func read(_ path: String, lines: Int = 8, bytes: Int = 700) -> [String] {
        last(lines, of: all(path), bytes: bytes)
    }

    /// The last of these lines that fit into the limits.
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

    /// The non-empty lines at the end of a log.
    static func all(_ path: String) -> [String] {
        // Non-blocking: the simulation may have put a FIFO there that has no writer.
        guard let file = try? OwnedDescriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
            let status = FileStatus(descriptor: file.raw), status.isRegular
        else { return [] }
        let start = max(0, status.size - Int64(window))
        return lines(of: file.bytes(at: start, count: window), isCut: start > 0)
    }

    /// - Parameter isCut: whether the first line has lost its beginning.
    static func lines(of content: [UInt8], isCut: Bool = false) -> [String] {
        var lines = content.split(separator: UInt8(ascii: "\n"))
        if isCut, lines.count > 1 { lines.removeFirst() }
        return lines.compactMap { line in
            // Text after a carriage return overwrites what is before it, as progress bars do: only the last part is visible.
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

    /// A text longer than one line may be, reduced to its beginning and end.
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
        let ends =
            most(lineBytes - tail - 5, of: text.unicodeScalars) + " … ".unicodeScalars
            + most(tail, of: text.unicodeScalars.reversed()).reversed()
        return String(String.UnicodeScalarView(ends))
    }
}
