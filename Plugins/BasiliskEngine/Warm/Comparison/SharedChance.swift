/// Finds values that are random in every cold run but equal in all warm ones, which reveals state that copies share.
///
/// A single comparison cannot distinguish this, as a value that differs between cold runs may differ between cold and warm
/// ones. But it must then differ between warm ones too.
struct SharedChance {
    let cold: [RunRecord]
    let warm: [RunRecord]

    /// The first such place; nil if there is none.
    ///
    /// - Parameter places: the places where cold runs differ.
    func find(in places: Set<Place>) -> Place? {
        let files = Dictionary(grouping: places.filter { $0.kind == .file }, by: \.name)
        for (name, places) in files.sorted(by: { $0.key < $1.key }) {
            if let path = shared({ Self.leaves(ComparedFile(path: "\($0.output)/\(name)"), of: places) }) {
                return Place(kind: .file, name: name, path: path)
            }
        }
        for place in places.sorted() where place.kind == .telemetry {
            if shared({ Self.series(place.name, of: $0) }) != nil { return place }
        }
        return nil
    }

    /// The position of the first value that differs between all cold runs and is present and equal in all warm ones.
    private func shared(_ values: (RunRecord) -> [String: String]) -> String? {
        guard cold.count > 1, warm.count > 1 else { return nil }
        let (cold, warm) = (cold.map(values), warm.map(values))
        return warm[0].sorted { $0.key < $1.key }.first { spot, value in
            let before = cold.compactMap { $0[spot] }
            return before.count == cold.count && Set(before).count == cold.count && warm.allSatisfy { $0[spot] == value }
        }?.key
    }

    private static func series(_ variable: String, of run: RunRecord) -> [String: String] {
        guard let series = run.telemetry?[variable], series.hasFractions else { return [:] }
        return ["": series.bytes.description]
    }

    /// The values that have enough digits to differ by chance.
    private static func leaves(_ file: ComparedFile, of places: [Place]) -> [String: String] {
        var found: [String: String] = [:]
        if places.contains(where: \.path.isEmpty) {
            if let bytes = file.smallBytes(64) {
                let text = String(decoding: bytes, as: UTF8.self)
                if isTelling(number: text) || (Double(text) == nil && bytes.count >= 6) { found[""] = text }
            } else {
                found[""] = file.digest?.description
            }
            return found
        }
        let name = places[0].name
        switch file.content {
        case .json(let value):
            value.forEachLeaf { place, spot, leaf in
                guard places.cover(Place(kind: .file, name: name, path: place)) else { return }
                switch leaf {
                case .word(let text) where isTelling(number: text): found[spot] = text
                case .string(let text) where text.utf8.count >= 6: found[spot] = text
                default: break
                }
            }
        case .table(let table):
            table.forEachCell(of: Set(places.map(\.path))) { column, row, cell in
                guard Double(cell) == nil ? cell.utf8.count >= 6 : isTelling(number: cell) else { return }
                found["\(column) (row \(row + 1))"] = cell
            }
        case .opaque: break
        }
        return found
    }

    /// Whether equal values are significant: rounded times and sizes of memory coincide now and then, random numbers do not.
    private static func isTelling(number text: String) -> Bool {
        let text = text.trimmed
        guard Double(text)?.isFinite == true else { return false }
        let digits = text.prefix { $0 != "e" && $0 != "E" }.filter(\.isNumber).drop { $0 == "0" }
        return digits.count >= (text.contains(".") || text.contains("e") ? 4 : 12)
    }
}

extension String {
    fileprivate var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        return start[..<(start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex)]
    }
}
