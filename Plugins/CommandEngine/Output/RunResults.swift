import CommandDocument
import Glibc
import LynxModel
import Support

/// Reads the results of a run from what its command printed and wrote, and writes them where the host looks for outputs.
enum RunResults {
    struct Source: Sendable {
        var spec: ResultSource
        var file: RunFile
    }

    struct Value: Hashable {
        var name: String
        var value: Double
        var units: String
    }

    /// The file that the host reads, as `lynx_scenario.output` writes it.
    static let file = "outputs.jsonl"

    /// Writes the results into the output directory. Returns what is missing, one line each.
    static func write(_ sources: [Source], to output: String) -> [String] {
        var warnings: [String] = []
        var values: [Value] = []
        for source in sources {
            do throws(ResultReader.Problem) {
                values += try self.values(of: source, &warnings)
            } catch {
                warnings.append("results: \(source.file.name) \(error.message)")
            }
        }
        guard !values.isEmpty else { return warnings }
        let text = values.map { value in
            let units = value.units.isEmpty ? "" : ", \"units\": \(JSONText.quoted(value.units))"
            return "{\"name\": \(JSONText.quoted(value.name)), \"value\": \(JSONText.number(value.value))\(units)}\n"
        }.joined()
        do throws(FileError) {
            // The command may have left a link there.
            let target = try OwnedDescriptor.open([file], below: output, O_WRONLY | O_CREAT | O_APPEND)
            // A last line of the command's own may lack its end.
            try target.write(Array(("\n" + text).utf8), to: file)
        } catch {
            warnings.append("results: \(error)")
        }
        return warnings
    }

    private static let mostNamed = 8

    private static func values(of source: Source, _ warnings: inout [String]) throws(ResultReader.Problem) -> [Value] {
        let spec = source.spec
        let found = try ResultReader.numbers(spec.format, at: source.file.path)
        if spec.values.isEmpty { return found.map { Value(name: $0.name, value: $0.value, units: spec.units[$0.name] ?? "") } }
        let byName = Dictionary(found.map { ($0.name, $0.value) }) { _, last in last }
        var values: [Value] = []
        for (name, key) in spec.values.sorted(by: { $0.key < $1.key }) {
            if let value = byName[key] {
                values.append(Value(name: name, value: value, units: spec.units[name] ?? ""))
            } else {
                let known = found.prefix(mostNamed).map(\.name).joined(separator: ", ") + (found.count > mostNamed ? ", …" : "")
                warnings.append("results: \(source.file.name) has no number '\(key)'; \(found.isEmpty ? "it has none" : "it has \(known)")")
            }
        }
        return values
    }
}

/// Texts and numbers as JSON.
enum JSONText {
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Values that are not finite are written as Python does, which the host reads.
    static func number(_ value: Double) -> String {
        value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : "\(value)"
    }
}
