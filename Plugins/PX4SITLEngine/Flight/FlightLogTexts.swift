import Glibc

/// What PX4 logged in words: the logged strings of a ULog, https://docs.px4.io/main/en/dev_log/ulog_file_format.html
enum FlightLogTexts {
    private static let headerBytes = 16
    /// `L`, and `C`: with a tag.
    private static let plain = UInt8(ascii: "L"), tagged = UInt8(ascii: "C")

    /// Calls `body` with the time of each text, in seconds since PX4's start, and the text. A log that is cut off is read to its end.
    static func each(in path: String, _ body: (Double, String) -> Void) {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return }
        defer { close(file) }
        var info = stat()
        guard fstat(file, &info) == 0, info.st_size > headerBytes, info.st_mode & S_IFMT == S_IFREG,
            let start = mmap(nil, info.st_size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED
        else { return }
        defer { munmap(start, info.st_size) }
        let bytes = UnsafeRawBufferPointer(start: start, count: info.st_size)
        var offset = headerBytes
        // Of each message: its size, its kind, its content.
        while offset + 3 <= bytes.count {
            let size = Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
            let kind = bytes[offset + 2]
            let content = offset + 3
            guard content + size <= bytes.count else { return }
            // Level, tag if any, time in µs, text.
            let skipped = kind == plain ? 1 : kind == tagged ? 3 : 0
            if skipped > 0, size > skipped + 8 {
                let time = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: content + skipped, as: UInt64.self))
                body(Double(time) / 1e6, String(decoding: bytes[(content + skipped + 8)..<(content + size)], as: UTF8.self))
            }
            offset = content + size
        }
    }

    /// Which sensors timed out within a stretch of simulated time, for a person; nil: none.
    ///
    /// PX4 says so by `[sensors] Accel #0 fail:  TIMEOUT!`.
    static func timeouts(in paths: [String], during stretch: ClosedRange<Double>) -> String? {
        var sensors: [String] = []
        for path in paths {
            each(in: path) { time, text in
                guard stretch.contains(time), text.contains("TIMEOUT"), let start = text.split(separator: "#").first,
                    let sensor = start.split(whereSeparator: \.isWhitespace).last?.lowercased()
                else { return }
                if !sensors.contains(sensor) { sensors.append(sensor) }
            }
        }
        guard !sensors.isEmpty else { return nil }
        return "PX4's sensors timed out in flight (\(sensors.sorted().joined(separator: ", "))): fewer jobs at a time, or a lower factor"
    }
}
