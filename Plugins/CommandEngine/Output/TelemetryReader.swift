import CommandDocument
import EventLoop
import LynxDocument
import LynxModel

/// Turns the lines of one source of telemetry into samples.
struct TelemetryReader {
    typealias Emit = (_ name: String, _ units: String, _ time: Double, _ value: Double) -> Void

    private struct Column {
        var place: Int
        var name: String
        var units: String
    }

    private let spec: TelemetrySource
    private let begin: UInt64
    /// The names of variables by what the source calls them.
    private let names: [String: [String]]
    private var table: TextTable?
    private var columns: [Column] = []
    private var timeColumn: Int?
    private var missing: [String] = []
    private var samples = 0
    /// Lines that are not what the format says.
    private var odd = 0

    private static let timeNames = ["time", "t", "sim_time_s", "time_s", "Time"]

    /// - Parameter begin: the command's start, in nanoseconds of the monotonic clock.
    init(_ spec: TelemetrySource, begin: UInt64) {
        self.spec = spec
        self.begin = begin
        names = Dictionary(grouping: spec.variables.keys.sorted()) { spec.variables[$0]! }
    }

    var warnings: [String] {
        var warnings: [String] = []
        if samples == 0 { warnings.append("no samples were found in it, as \(spec.format == .csv ? "a CSV table" : "JSON lines")") }
        if odd > 0 { warnings.append("\(odd) lines are no \(spec.format == .csv ? "rows of the table" : "JSON objects") and were passed over") }
        if !missing.isEmpty { warnings.append("has no column \(missing.map { "'\($0)'" }.joined(separator: ", ")); it has \(table?.names.joined(separator: ", ") ?? "none")") }
        return warnings
    }

    mutating func read(_ line: ArraySlice<UInt8>, _ emit: Emit) {
        let text = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard !text.isEmpty else { return }
        switch spec.format {
        case .csv: row(text, emit)
        case .jsonLines:
            // Programs also print what is not telemetry.
            if text.first == UInt8(ascii: "{") { object(text, emit) }
        }
    }

    private mutating func row(_ line: ArraySlice<UInt8>, _ emit: Emit) {
        guard let table else { return begin(TextTable(header: line)) }
        guard let values = table.numbers(in: line) else {
            odd += 1
            return
        }
        guard let time = timeColumn.flatMap({ values[$0] }), time.isFinite else { return }
        for column in columns {
            guard let value = values[column.place] else { continue }
            samples += 1
            emit(column.name, column.units, time, value)
        }
    }

    private mutating func begin(_ table: TextTable) {
        self.table = table
        if let time = spec.time {
            timeColumn = table.names.firstIndex(of: time)
            if timeColumn == nil { missing.append(time) }
        } else {
            timeColumn = Self.timeNames.lazy.compactMap { table.names.firstIndex(of: $0) }.first ?? 0
        }
        for (place, name) in table.names.enumerated() {
            let variables = spec.variables.isEmpty ? (place == timeColumn || !Self.isName(name) ? [] : [name]) : names[name] ?? []
            columns += variables.map { Column(place: place, name: $0, units: spec.units[$0] ?? "") }
        }
        missing += names.keys.filter { !table.names.contains($0) }.sorted()
    }

    private mutating func object(_ line: ArraySlice<UInt8>, _ emit: Emit) {
        guard case .mapping(let fields)? = Document.json(Array(line), name: "line", nonFinite: true).root?.content else {
            odd += 1
            return
        }
        let timeKey = spec.time ?? Self.timeNames.first { fields[$0]?.value.number != nil }
        let time = timeKey.flatMap { fields[$0]?.value.number } ?? Double(MonotonicClock.now - begin) / 1e9
        // One sample that names its variable, as the telemetry service has it.
        if case .scalar(let name)? = fields["name"]?.value.content, name.style == .quoted, let value = fields["value"]?.value.number {
            var units = ""
            if case .scalar(let text)? = fields["units"]?.value.content, text.style == .quoted { units = text.text }
            return sample(name.text, units, time, value, emit)
        }
        numbers(of: fields, below: "", depth: 0, except: timeKey, time, emit)
    }

    private mutating func numbers(of fields: Mapping, below prefix: String, depth: Int, except timeKey: String?, _ time: Double, _ emit: Emit) {
        for field in fields.entries {
            let name = prefix + field.key
            if name == timeKey { continue }
            if let value = field.value.number {
                sample(name, "", time, value, emit)
            } else if case .mapping(let inner) = field.value.content, depth < 8 {
                numbers(of: inner, below: name + ".", depth: depth + 1, except: timeKey, time, emit)
            }
        }
    }

    private mutating func sample(_ key: String, _ units: String, _ time: Double, _ value: Double, _ emit: Emit) {
        let variables = spec.variables.isEmpty ? [key] : names[key] ?? []
        for name in variables where Self.isName(name) {
            samples += 1
            emit(name, spec.units[name] ?? units, time, value)
        }
    }

    private static func isName(_ text: String) -> Bool { (1...200).contains(text.utf8.count) }
}
