import EngineKit
import FoundationEssentials
import LynxModel

/// A run configuration in other notations than JSON.
enum RunConfigText {
    static func json(_ run: RunConfiguration) throws(EngineError) -> [UInt8] {
        do {
            return Array(try WireJSON.encode(run))
        } catch {
            throw .invalid("run_config.json: the run configuration cannot be written: \(error)")
        }
    }

    static func yaml(_ run: RunConfiguration) -> String {
        var text = ""
        for (key, value) in head(run) { text += "\(key): \(yaml(value))\n" }
        text += "seed: \(run.seed)\nseed_decimal: \(quoted(run.seedDecimal))\n"
        func section(_ name: String, _ values: [String: ParameterValue]) {
            text += values.isEmpty ? "\(name): {}\n" : "\(name):\n"
            for (key, value) in values.sorted(by: { $0.key < $1.key }) { text += "  \(quoted(key)): \(yaml(value))\n" }
        }
        section("simulation", simulation(run))
        section("parameters", run.parameters)
        section("units", run.units.mapValues { .string($0) })
        return text
    }

    /// The seed is text, as a whole number of TOML has a sign and 64 bits.
    static func toml(_ run: RunConfiguration) -> String {
        var text = ""
        for (key, value) in head(run) { text += "\(key) = \(toml(value))\n" }
        text += "seed = \(quoted(run.seedDecimal))\n"
        func section(_ name: String, _ values: [String: ParameterValue]) {
            text += "\n[\(name)]\n"
            for (key, value) in values.sorted(by: { $0.key < $1.key }) { text += "\(quoted(key)) = \(toml(value))\n" }
        }
        section("simulation", simulation(run))
        section("parameters", run.parameters)
        section("units", run.units.mapValues { .string($0) })
        return text
    }

    private static func head(_ run: RunConfiguration) -> [(String, ParameterValue)] {
        [("job_id", .string(run.jobID)), ("batch_id", .string(run.batchID)), ("run_index", .integer(Int64(run.runIndex)))]
    }

    private static func simulation(_ run: RunConfiguration) -> [String: ParameterValue] {
        var values: [String: ParameterValue] = [
            "name": .string(run.simulation.name), "version": .string(run.simulation.version), "type": .string(run.simulation.type),
        ]
        if let minutes = run.simulation.durationMinutes { values["duration_minutes"] = .number(minutes) }
        return values
    }

    private static func yaml(_ value: ParameterValue) -> String {
        guard case .number(let number) = value, !number.isFinite else { return scalar(value) }
        return number.isNaN ? ".nan" : number < 0 ? "-.inf" : ".inf"
    }

    private static func toml(_ value: ParameterValue) -> String {
        guard case .number(let number) = value, !number.isFinite else { return scalar(value) }
        return number.isNaN ? "nan" : number < 0 ? "-inf" : "inf"
    }

    private static func scalar(_ value: ParameterValue) -> String {
        switch value {
        case .string(let text): return quoted(text)
        case .number(let number):
            let text = "\(number)"
            // Readers of YAML 1.1 take 1e-05, which has no point, for text.
            guard !text.contains("."), let exponent = text.firstIndex(of: "e") else { return text }
            return "\(text[..<exponent]).0\(text[exponent...])"
        default: return value.plainText
        }
    }

    /// A text in double quotes, with escapes that both notations have.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
