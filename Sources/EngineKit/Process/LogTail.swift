import Glibc

/// The end of a log, for an error message.
public enum LogTail {
    /// At most the last `lines` lines within the last `bytes` bytes; none if the file cannot be read.
    public static func read(_ path: String, lines: Int = 8, bytes: Int = 700) -> [String] {
        // Non-blocking: the simulation may have put a FIFO there, which nobody writes to.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return [] }
        let start = max(0, Int(info.st_size) - bytes)
        let content = [UInt8](unsafeUninitializedCapacity: bytes) { buffer, count in
            count = max(0, pread(descriptor, buffer.baseAddress, bytes, start))
        }
        var found = String(decoding: content, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
        // The first line is cut somewhere in its middle.
        if start > 0, found.count > 1 { found.removeFirst() }
        return found.suffix(lines)
    }
}
