import Glibc

/// Numbers as people read them in tables and progress lines.
package enum NumberText {
    /// Six significant digits; below 10⁹ without an exponent, which lengths in metres would otherwise have.
    package static func significant(_ value: Double) -> String {
        guard value.isFinite else { return exact(value) }
        return (1e5..<1e9).contains(abs(value)) ? format("%.0f", value) : format("%.6g", value)
    }

    /// As many digits as tell it from other numbers; what is not finite as JSON's writers have it, and the readers of CSV.
    package static func exact(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        return value.isFinite ? "\(value)" : value < 0 ? "-Infinity" : "Infinity"
    }

    package static func fixed(_ value: Double, digits: Int) -> String { format("%.\(digits)f", value) }

    /// `850ms` is never shown: `0s`, `42s`, `7m14s`, `2h05m`, `3d04h`.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "--" }
        let total = Int(seconds.rounded())
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        switch total {
        case ..<60: return "\(total)s"
        case ..<3600: return "\(total / 60)m\(two(total % 60))s"
        case ..<86400: return "\(total / 3600)h\(two(total % 3600 / 60))m"
        default: return "\(total / 86400)d\(two(total % 86400 / 3600))h"
        }
    }

    package static func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
        "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    private static func format(_ format: String, _ value: Double) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
            let length = withVaList([value]) { vsnprintf(buffer.baseAddress!, buffer.count, format, $0) }
            return String(decoding: buffer.prefix(Int(length)).lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
