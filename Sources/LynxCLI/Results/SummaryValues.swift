package import FoundationEssentials
import LynxDocument
package import LynxModel

/// The scalar numbers that a run says of itself, in the order it says them.
package struct SummaryValues: Hashable, Sendable {
    package var names: [String] = []
    /// Also those that are not finite.
    package var numbers: [String: Double] = [:]
    /// What a person should know of them.
    package var warnings: [String] = []

    private static let fileName = "summary.json"
    /// How many of the numbers that are not finite are named, at most.
    private static let mostNamed = 5

    package init() {}

    /// Those of its `summary.json` when that is a file of this machine, or else the last value of each telemetry variable.
    package static func of(_ result: JobResult) -> SummaryValues {
        var warnings: [String] = []
        if let outputs = result.outputs {
            var values = SummaryValues()
            for output in outputs { values.add(output) }
            return values
        }
        if let summary = summaryFile(of: result), let data = FileManager.default.contents(atPath: summary) {
            let values = SummaryValues(json: data)
            if !values.names.isEmpty { return values }
            warnings = values.warnings
        }
        var values = SummaryValues()
        for (name, series) in result.telemetryData.sorted(by: { $0.key < $1.key }) {
            if let last = series.last { values.add(name, last) }
        }
        values.warnings = warnings
        return values
    }

    /// That of the run itself, at the top of its output directory. One further down is of a part of it, such as a tool it uses.
    private static func summaryFile(of result: JobResult) -> String? {
        let collected = zip(result.artifacts, result.outputFiles).first { $0.0.path == fileName }
        if let collected { return collected.1 }
        guard result.artifacts.isEmpty else { return nil }
        let paths = result.outputFiles.filter { $0.utf8.split(separator: UInt8(ascii: "/")).last?.elementsEqual(fileName.utf8) == true }
        return paths.min { $0.utf8.count { $0 == UInt8(ascii: "/") } < $1.utf8.count { $0 == UInt8(ascii: "/") } }
    }

    /// The numbers of a JSON object, and those of the objects in it, as `outer.inner`. Anything else is passed over.
    /// A text that is no JSON object has none, and a warning.
    package init(json: Data) {
        // A decoded dictionary would have lost the order of the fields, which is the author's order of importance.
        let document = Document.json(Array(json), name: Self.fileName, nonFinite: true)
        let problem = document.diagnostics.list?.lines.first
        guard case .mapping(let fields)? = document.root?.content else {
            warnings = [problem ?? "\(Self.fileName): is no JSON object, so it has no numbers to show"]
            return
        }
        // A name that is there twice: the first one counts.
        warnings = problem.map { [$0] } ?? []
        for field in fields.entries {
            if let number = field.value.number { add(field.key, number) }
            guard case .mapping(let inner) = field.value.content else { continue }
            for entry in inner.entries {
                if let number = entry.value.number { add("\(field.key).\(entry.key)", number) }
            }
        }
        let odd = names.filter { !numbers[$0]!.isFinite }
        if !odd.isEmpty {
            let named = odd.prefix(Self.mostNamed).map { "\($0) is \(NumberText.exact(numbers[$0]!))" }.joined(separator: ", ")
            let more = odd.count > Self.mostNamed ? ", and \(odd.count - Self.mostNamed) more are not finite" : ""
            warnings.append("\(Self.fileName): \(named)\(more)")
        }
    }

    /// Numbers that are not finite come as notes.
    private mutating func add(_ output: RunOutput) {
        if let value = output.value { return add(output.name, value) }
        guard let number = [Double.nan, .infinity, -.infinity].first(where: { output.note == "is \(Shown.notFinite($0))" }) else { return }
        add(output.name, number)
    }

    private mutating func add(_ name: String, _ number: Double) {
        if numbers.updateValue(number, forKey: name) == nil { names.append(name) }
    }
}

extension Node {
    /// The value of a JSON number, of which `NaN` and the infinities are none but are often written.
    fileprivate var number: Double? {
        guard case .scalar(let scalar) = content, scalar.style == .plain else { return nil }
        return Double(scalar.text)
    }
}
