import Glibc
import Support

/// The logged strings of a ULog, https://docs.px4.io/main/en/dev_log/ulog_file_format.html
enum FlightLogTexts {
    private static let headerBytes = 16
    /// The types of logged strings: `L`, and `C` with a tag.
    private static let plain = UInt8(ascii: "L"), tagged = UInt8(ascii: "C")

    /// Calls `body` with each text and its time in seconds since PX4's start. A truncated log is read to its end.
    static func each(in path: String, _ body: (Double, String) -> Void) {
        guard let file = try? OwnedDescriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
            let status = FileStatus(descriptor: file.raw), status.size > headerBytes, status.isRegular,
            let start = mmap(nil, Int(status.size), PROT_READ, MAP_PRIVATE, file.raw, 0), start != MAP_FAILED
        else { return }
        defer { munmap(start, Int(status.size)) }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(status.size))
        var offset = headerBytes
        // Each message consists of its size, its type and its content.
        while offset + 3 <= bytes.count {
            let size = Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
            let kind = bytes[offset + 2]
            let content = offset + 3
            guard content + size <= bytes.count else { return }
            // The content consists of level, tag if any, time in µs, text.
            let skipped = kind == plain ? 1 : kind == tagged ? 3 : 0
            if skipped > 0, size > skipped + 8 {
                let time = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: content + skipped, as: UInt64.self))
                body(Double(time) / 1e6, String(decoding: bytes[(content + skipped + 8)..<(content + size)], as: UTF8.self))
            }
            offset = content + size
        }
    }

    /// A description of the sensors that timed out within an interval of simulated time; nil if none did.
    ///
    /// PX4 logs this as `[sensors] Accel #0 fail:  TIMEOUT!`.
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
