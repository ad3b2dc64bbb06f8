extension ArrowColumn {
    /// Some of its rows, in the order given.
    package func rows(_ places: [Int]) -> ArrowColumn {
        let picked: Values =
            switch values {
            case .int64(let values): .int64(places.map { values[$0] })
            case .float64(let values): .float64(places.map { values[$0] })
            case .bool(let values): .bool(places.map { values[$0] })
            case .utf8(let texts): .utf8(texts.rows(places))
            case .dictionary(let values, let entries): .dictionary(places.map { values[$0] }, of: entries)
            case .timestamp(let values): .timestamp(places.map { values[$0] })
            case .float64List(let values): .float64List(places.map { values[$0] })
            }
        return ArrowColumn(picked, isNull: isNull.map { isNull in places.map { isNull[$0] } })
    }

    /// Adds the rows of a column of the same type. Of two dictionaries one must begin with all of the other.
    package mutating func append(_ other: ArrowColumn) {
        if isNull != nil || other.isNull != nil {
            isNull =
                (isNull ?? Array(repeating: false, count: count)) + (other.isNull ?? Array(repeating: false, count: other.count))
        }
        switch (values, other.values) {
        case (.int64(let own), .int64(let more)): values = .int64(own + more)
        case (.float64(let own), .float64(let more)): values = .float64(own + more)
        case (.bool(let own), .bool(let more)): values = .bool(own + more)
        case (.utf8(var own), .utf8(let more)):
            own.reserve(more.count, bytes: more.bytes.count)
            for place in 0..<more.count { own.append(utf8: more.utf8(at: place)) }
            values = .utf8(own)
        case (.dictionary(let own, let entries), .dictionary(let more, let others)):
            let longer = entries.count > others.count ? entries : others
            precondition(longer.starts(with: entries) && longer.starts(with: others), "the dictionaries contradict each other")
            values = .dictionary(own + more, of: longer)
        case (.timestamp(let own), .timestamp(let more)): values = .timestamp(own + more)
        case (.float64List(let own), .float64List(let more)): values = .float64List(own + more)
        default: preconditionFailure("the columns are of different types")
        }
    }
}

extension ArrowText {
    fileprivate func rows(_ places: [Int]) -> ArrowText {
        var picked = ArrowText()
        picked.reserve(places.count, bytes: 0)
        for place in places { picked.append(utf8: utf8(at: place)) }
        return picked
    }
}
