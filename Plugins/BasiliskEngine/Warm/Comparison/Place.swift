/// Somewhere in what a run leaves: where two runs differ, or what cannot be told by comparing because it differs anyway.
struct Place: Codable, Hashable, Sendable {
    enum Kind: String, Codable, Sendable {
        /// Which files there are.
        case names
        /// A file as a whole, or in it a value (a JSON pointer) or a column.
        case file
        /// What was written to standard output or standard error.
        case log
        /// A telemetry variable; its name is followed by its units.
        case telemetry
        /// How the run ended.
        case end
    }

    var kind: Kind
    var name = ""
    /// Within a file; empty for all of it.
    var path = ""

    func covers(_ other: Place) -> Bool {
        guard kind == other.kind, name == other.name else { return false }
        return path.isEmpty || path == other.path || other.path.hasPrefix(path + "/")
    }
}

extension Place: Comparable, CustomStringConvertible {
    static func < (one: Place, other: Place) -> Bool {
        (one.kind.rawValue, one.name, one.path) < (other.kind.rawValue, other.name, other.path)
    }

    var description: String {
        switch kind {
        case .names: name.isEmpty ? "which files there are" : "whether there is a file \(name)"
        case .file: path.isEmpty ? name : path.hasPrefix("/") ? "\(path.dropFirst()) in \(name)" : "column \(path) of \(name)"
        case .log: name
        case .telemetry: "telemetry of \(name)"
        case .end: "how the run ends"
        }
    }
}

extension Sequence<Place> {
    func cover(_ place: Place) -> Bool { contains { $0.covers(place) } }

    /// Such as `final_a in summary.json and 2 more`.
    var summary: String {
        let sorted = sorted()
        guard let first = sorted.first else { return "nothing" }
        return sorted.count == 1 ? "\(first)" : "\(first) and \(sorted.count - 1) more"
    }
}
