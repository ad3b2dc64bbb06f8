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
        // A decoded dictionary would have lost the order of the fields, which is the author's order of importance.
        guard case .mapping(let fields) = Document.json(Array(json), name: "summary.json").root?.content else { return }
        for field in fields.entries {
            if let number = field.value.number { add(field.key, number) }
            guard case .mapping(let inner) = field.value.content else { continue }
            for entry in inner.entries {
                if let number = entry.value.number { add("\(field.key).\(entry.key)", number) }
            }
        }
    }

    private mutating func add(_ name: String, _ number: Double) {
        if numbers.updateValue(number, forKey: name) == nil { names.append(name) }
    }
}

extension Node {
    /// That of a finite JSON number.
    fileprivate var number: Double? {
        guard case .scalar(let scalar) = content, scalar.style == .plain, let number = Double(scalar.text) else { return nil }
        return number.isFinite ? number : nil
    }
}
