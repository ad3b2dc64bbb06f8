import LynxModel

/// Where two runs of the same configuration first differ.
struct RunDifference: Codable, Hashable, Sendable {
    /// What of a run it is in.
    enum Part: String, Codable, Sendable {
        case outcome, output, artifact, telemetry
    }

    var part: Part
    /// The path of the artifact, or the name of the output or variable.
    var name: String
    /// Where in it: `row 12, column 'x_m'`; empty for the whole of it.
    var place: String
    var first: String
    var second: String
    /// How many doubles lie from one value to the other; nil for what is no number.
    var ulps: UInt64?

    init(_ part: Part, _ name: String, _ place: String, _ first: String, _ second: String, ulps: UInt64? = nil) {
        self.part = part
        self.name = name
        self.place = place
        self.first = first
        self.second = second
        self.ulps = ulps
    }

    /// One line.
    var line: String {
        let subject =
            switch part {
            case .outcome: "outcome"
            case .output: "output '\(name)'"
            case .artifact: name
            case .telemetry: "telemetry '\(name)'"
            }
        let distance = ulps.map { ", \($0) ULP\($0 == 1 ? "" : "s")" } ?? ""
        return "\(subject)\(place.isEmpty ? "" : ", \(place)"): \(first), then \(second)\(distance)"
    }
}

/// The distance of doubles in units of the last place.
enum UnitsInLastPlace {
    /// How many steps to the next double lead from one to the other: 0 for equal ones, also for 0 and −0 and for two that are no
    /// number; nil between a number and what is none.
    static func between(_ a: Double, _ b: Double) -> UInt64? {
        if a == b || a.isNaN && b.isNaN { return 0 }
        if a.isNaN || b.isNaN { return nil }
        let (x, y) = (ordered(a), ordered(b))
        return x > y ? x - y : y - x
    }

    /// Integers in the order of the doubles.
    private static func ordered(_ value: Double) -> UInt64 {
        let bits = value.bitPattern
        return bits >> 63 == 0 ? bits + (1 << 63) : ~bits + 1
    }
}

/// What is left out of a comparison: `FILE`, `FILE:KEY`, `telemetry:NAME`, `output:NAME`, each part with `*` for any text.
struct IgnoredParts: Sendable {
    private let patterns: [(subject: String, key: String?)]

    init(_ texts: [String]) {
        patterns = texts.map { text in
            guard let colon = text.unicodeScalars.lastIndex(of: ":") else { return (text, nil) }
            return (String(text.unicodeScalars[..<colon]), String(text.unicodeScalars[text.unicodeScalars.index(after: colon)...]))
        }
    }

    /// The whole of a file.
    func leavesOut(file: String) -> Bool { patterns.contains { $0.key == nil && Self.matches($0.subject, file) } }

    /// The key of a JSON file, dotted, or a column of a CSV file.
    func leavesOut(_ key: String, in file: String) -> Bool {
        patterns.contains { pattern in pattern.key.map { Self.matches(pattern.subject, file) && Self.matches($0, key) } ?? false }
    }

    func leavesOut(variable: String) -> Bool { leavesOut(variable, in: "telemetry") }
    func leavesOut(output: String) -> Bool { leavesOut(output, in: "output") }

    private static func matches(_ pattern: String, _ text: String) -> Bool {
        let parts = pattern.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map { Array($0) }
        var rest = Array(text.utf8)[...]
        guard rest.starts(with: parts[0]) else { return false }
        rest = rest.dropFirst(parts[0].count)
        guard parts.count > 1 else { return rest.isEmpty }
        for part in parts[1..<(parts.count - 1)] {
            guard let found = rest.indices.first(where: { rest[$0...].starts(with: part) }) else { return false }
            rest = rest[(found + part.count)...]
        }
        return rest.count >= parts.last!.count && rest.suffix(parts.last!.count).elementsEqual(parts.last!)
    }
}
