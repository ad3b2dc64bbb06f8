/// Compares what two runs of the same configuration have left: JSON by value, tables by column, all else byte by byte.
struct RunComparison {
    /// Members of JSON objects, at any depth, and columns of tables that are passed over.
    let ignoredNames: Set<String>

    /// Where the two differ.
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

    /// What of those is left when it is known what differs anyway.
    ///
    /// - Parameter places: where two cold runs differ. If those have files that the other has not, such as with a process's
    ///   number in their names, nothing is said of files that they do not have in common.
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
