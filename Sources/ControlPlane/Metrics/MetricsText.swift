/// Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
struct MetricsText {
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    mutating func begin(_ family: MetricFamily) {
        text += "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(family.kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: some Sequence<(String, String)>, _ value: Double) {
        let pairs = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        text += "\(name)\(pairs.isEmpty ? "" : "{\(pairs)}") \(Self.number(value))\n"
    }

    /// A gauge by one label, all in one.
    mutating func gauge(_ name: String, help: String, label: String, _ values: [(String, Int)]) {
        begin(MetricFamily(name: name, help: help, kind: .gauge, labels: [label]))
        for (value, count) in values { sample(name, [(label, value)], Double(count)) }
    }

    mutating func histogram(_ family: MetricFamily, _ labels: [String], counts: [Int], sum: Double) {
        let labels = Array(zip(family.labels, labels))
        var total = 0
        for (bound, count) in zip(family.bounds.map(Self.number) + ["+Inf"], counts) {
            total += count
            sample("\(family.name)_bucket", labels + [("le", bound)], Double(total))
        }
        sample("\(family.name)_sum", labels, sum)
        sample("\(family.name)_count", labels, Double(total))
    }

    private static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
    }
}
