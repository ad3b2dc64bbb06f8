import LynxDocument

/// Compares two files that should be the same: by number where they are CSV or JSON, otherwise byte by byte.
struct FileComparison {
    let path: String
    let ignored: IgnoredParts

    /// The first difference; nil if there is none, though numbers may be written differently.
    func difference(_ first: [UInt8], _ second: [UInt8]) -> RunDifference? {
        if first == second { return nil }
        let name = path.utf8.map { $0 | 0x20 }
        if name.ends(with: ".json"), let a = json(first), let b = json(second) { return difference(a, b, at: []) }
        if name.ends(with: ".csv") { return rows(first, second) }
        return bytes(first, second)
    }

    private func made(_ place: String, _ first: String, _ second: String, ulps: UInt64? = nil) -> RunDifference {
        RunDifference(.artifact, path, place, first, second, ulps: ulps)
    }

    // MARK: CSV

    private func rows(_ first: [UInt8], _ second: [UInt8]) -> RunDifference? {
        let (a, b) = (Self.lines(first), Self.lines(second))
        let header = a.first.map(CSVText.fields) ?? []
        for (index, (one, other)) in zip(a, b).enumerated() where one != other {
            if let difference = row(index + 1, CSVText.fields(one), CSVText.fields(other), header) { return difference }
        }
        guard a.count != b.count else { return nil }
        return made("", "\(a.count) rows", "\(b.count) rows")
    }

    private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private func row(_ number: Int, _ first: [String], _ second: [String], _ header: [String]) -> RunDifference? {
        guard first.count == second.count else { return made("row \(number)", "\(first.count) fields", "\(second.count) fields") }
        for (column, (one, other)) in zip(first, second).enumerated() {
            let name = column < header.count ? header[column] : ""
            if ignored.leavesOut(name, in: path) { continue }
            if let difference = value(one, other, "row \(number), column \(name.isEmpty ? "\(column + 1)" : "'\(name)'")") { return difference }
        }
        return nil
    }

    /// Two texts, which are compared as numbers if both are.
    private func value(_ first: String, _ second: String, _ place: String) -> RunDifference? {
        if first == second { return nil }
        guard let a = Double(first), let b = Double(second) else { return made(place, Self.short(first), Self.short(second)) }
        // Integers that a double does not hold are different numbers although the doubles are the same.
        if let a = Int(first), let b = Int(second), a != b, Double(a) == Double(b) { return made(place, first, second) }
        let ulps = UnitsInLastPlace.between(a, b)
        return ulps == 0 ? nil : made(place, first, second, ulps: ulps)
    }

    // MARK: JSON

    private func json(_ bytes: [UInt8]) -> Node? {
        Document.json(bytes, name: path).root
    }

    private func difference(_ first: Node, _ second: Node, at keys: [String]) -> RunDifference? {
        let key = keys.joined(separator: ".")
        if ignored.leavesOut(key, in: path) { return nil }
        let place = (key.isEmpty ? "" : "'\(key)', ") + "line \(first.mark.line), column \(first.mark.column)"
        switch (first.content, second.content) {
        case (.scalar(let a), .scalar(let b)):
            guard a.style == .plain, b.style == .plain else {
                return a == b ? nil : made(place, Self.shown(a), Self.shown(b))
            }
            return value(a.text, b.text, place)
        case (.sequence(let a), .sequence(let b)):
            for (index, (one, other)) in zip(a, b).enumerated() {
                if let found = difference(one, other, at: keys + ["\(index)"]) { return found }
            }
            return a.count == b.count ? nil : made(place, "\(a.count) elements", "\(b.count) elements")
        case (.mapping(let a), .mapping(let b)):
            for entry in a.entries {
                let keys = keys + [entry.key]
                guard let other = b[entry.key] else {
                    if ignored.leavesOut(keys.joined(separator: "."), in: path) { continue }
                    return made(place, "has '\(entry.key)'", "has no '\(entry.key)'")
                }
                if let found = difference(entry.value, other.value, at: keys) { return found }
            }
            let more = b.entries.first { entry in
                a[entry.key] == nil && !ignored.leavesOut((keys + [entry.key]).joined(separator: "."), in: path)
            }
            return more.map { made(place, "has no '\($0.key)'", "has '\($0.key)'") }
        default: return made(place, first.found, second.found)
        }
    }

    private static func shown(_ scalar: Scalar) -> String { scalar.style == .plain ? short(scalar.text) : "'\(short(scalar.text))'" }

    // MARK: any bytes

    private func bytes(_ first: [UInt8], _ second: [UInt8]) -> RunDifference {
        let same = zip(first, second).prefix { $0 == $1 }.count
        guard same < first.count, same < second.count else { return made("", "\(first.count) bytes", "\(second.count) bytes") }
        if let a = String(validating: first, as: UTF8.self), let b = String(validating: second, as: UTF8.self) {
            let line = first[..<same].count { $0 == UInt8(ascii: "\n") }
            let (one, other) = (Self.line(line, of: a), Self.line(line, of: b))
            return made("line \(line + 1)", "'\(Self.short(one))'", "'\(Self.short(other))'")
        }
        return made("byte \(same + 1)", "\(first[same])", "\(second[same])")
    }

    private static func line(_ index: Int, of text: String) -> String {
        String(text.utf8.split(separator: 10, omittingEmptySubsequences: false)[index]) ?? ""
    }

    private static func short(_ text: String) -> String { text.count <= 80 ? text : "\(text.prefix(80))…" }
}

extension [UInt8] {
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
