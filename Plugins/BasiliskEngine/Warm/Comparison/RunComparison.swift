/// Compares the output of two runs of the same configuration: JSON by value, tables by column, everything else byte by byte.
struct RunComparison {
    /// Names of JSON members, at any depth, and of table columns that are not compared.
    let ignoredNames: Set<String>

    /// The places where the two differ.
    func differences(_ one: RunRecord, _ other: RunRecord) -> Set<Place> {
        var found: Set<Place> = one.end == other.end ? [] : [Place(kind: .end)]
        let names = (ComparedFile.names(below: one.output), ComparedFile.names(below: other.output))
        for name in names.0.symmetricDifference(names.1) { found.insert(Place(kind: .names, name: name)) }
        for name in names.0.intersection(names.1) {
            let files = (ComparedFile(path: "\(one.output)/\(name)"), ComparedFile(path: "\(other.output)/\(name)"))
            found.formUnion(differences(files.0, files.1, name))
        }
        for (name, path) in one.logs {
            guard let second = other.logs[name] else { continue }
            if ComparedFile(path: path).digest != ComparedFile(path: second).digest { found.insert(Place(kind: .log, name: name)) }
        }
        if let first = one.telemetry, let second = other.telemetry {
            let variables = Set(first.keys).union(second.keys).filter { first[$0] != second[$0] }
            found.formUnion(variables.map { Place(kind: .telemetry, name: $0) })
        }
        return found
    }

    /// The differences that known places do not explain.
    ///
    /// - Parameter places: the places where two cold runs differ. If these have different sets of files, for example with a
    ///   process id in their names, files that they do not have in common are ignored.
    static func unexplained(_ differences: Set<Place>, by places: some Collection<Place>) -> Set<Place> {
        let namesDiffer = places.contains { $0.kind == .names }
        return differences.filter { !($0.kind == .names && namesDiffer) && !places.cover($0) }
    }

    private func differences(_ one: ComparedFile, _ other: ComparedFile, _ name: String) -> Set<Place> {
        let whole: Set = [Place(kind: .file, name: name)]
        guard one.kind == other.kind else { return whole }
        guard one.isRegular else { return [] }
        if let digest = one.digest, digest == other.digest { return [] }
        switch (one.content, other.content) {
        case (.json(let one), .json(let other)):
            return Set(JSONText.differences(one, other, ignoring: ignoredNames).map { Place(kind: .file, name: name, path: $0) })
        case (.table(let one), .table(let other)):
            guard let columns = TableText.differences(one, other) else { return whole }
            return Set(columns.subtracting(ignoredNames).map { Place(kind: .file, name: name, path: $0) })
        default: return whole
        }
    }
}

/// A place in a run's output: where two runs differ, or where comparing is meaningless because cold runs differ.
struct Place: Codable, Hashable, Sendable {
    enum Kind: String, Codable, Sendable {
        /// The set of files.
        case names
        /// A whole file, or a value (JSON pointer) or a column in it.
        case file
        /// The standard output or standard error.
        case log
        /// A telemetry variable, by name and units.
        case telemetry
        /// The exit of the run.
        case end
    }

    var kind: Kind
    var name = ""
    /// The position within a file; empty for the whole file.
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
        case .names: name.isEmpty ? "which files there are" : "the presence of file \(name)"
        case .file: path.isEmpty ? name : path.hasPrefix("/") ? "\(path.dropFirst()) in \(name)" : "column \(path) of \(name)"
        case .log: name
        case .telemetry: "telemetry of \(name)"
        case .end: "how the run ends"
        }
    }
}

extension Sequence<Place> {
    func cover(_ place: Place) -> Bool { contains { $0.covers(place) } }

    /// A description such as `final_a in summary.json and 2 more`.
    var summary: String {
        let sorted = sorted()
        guard let first = sorted.first else { return "nothing" }
        return sorted.count == 1 ? "\(first)" : "\(first) and \(sorted.count - 1) more"
    }
}
