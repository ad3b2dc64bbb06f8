package import FoundationEssentials
package import LynxModel

/// The scalar numbers that a run says of itself, in the order it says them.
package struct SummaryValues: Hashable, Sendable {
    package var names: [String] = []
    package var numbers: [String: Double] = [:]

    package init() {}

    /// Those of its `summary.json` when that is a file of this machine, or else the last value of each telemetry variable.
    package static func of(_ result: JobResult) -> SummaryValues {
        let summary = result.outputFiles.first { $0.hasSuffix("/summary.json") }
        if let summary, let data = FileManager.default.contents(atPath: summary) {
            let values = SummaryValues(json: data)
            if !values.names.isEmpty { return values }
        }
        var values = SummaryValues()
        for (name, series) in result.telemetryData.sorted(by: { $0.key < $1.key }) {
            if let last = series.last { values.add(name, last) }
        }
        return values
    }

    /// The numbers of a JSON object, and those of the objects in it, as `outer.inner`. Anything else is passed over;
    /// so is a text that is no JSON object.
    package init(json: Data) {
        guard let tree = try? JSONDecoder().decode(JSONTree.self, from: json), case .object(let fields) = tree else { return }
        let text = String(decoding: json, as: UTF8.self)
        /// Decoded objects have lost the order of their fields, which is the author's order of importance.
        func position(_ key: String) -> String.Index { text.firstRange(of: "\"\(key)\"")?.lowerBound ?? text.endIndex }
        for (key, value) in fields.sorted(by: { (position($0.key), $0.key) < (position($1.key), $1.key) }) {
            switch value {
            case .number(let number): add(key, number)
            case .object(let inner):
                for (innerKey, value) in inner.sorted(by: { (position($0.key), $0.key) < (position($1.key), $1.key) }) {
                    if case .number(let number) = value { add("\(key).\(innerKey)", number) }
                }
            case .other: continue
            }
        }
    }

    private mutating func add(_ name: String, _ number: Double) {
        if numbers.updateValue(number, forKey: name) == nil { names.append(name) }
    }
}

/// As much of JSON as a summary needs.
private enum JSONTree: Decodable {
    case number(Double)
    case object([String: JSONTree])
    case other

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // A Bool is tried first: some decoders take `true` for a number.
        if (try? container.decode(Bool.self)) != nil {
            self = .other
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let fields = try? container.decode([String: JSONTree].self) {
            self = .object(fields)
        } else {
            self = .other
        }
    }
}
