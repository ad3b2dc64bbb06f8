import LynxDocument
import LynxModel

/// Determines the outputs of a run from its files and telemetry after its end.
struct OutputCollector {
    /// The declared outputs. Nil means all outputs that the scenario reports or, if there are none, the last value of each
    /// telemetry variable.
    let declared: [String: OutputSpec]?
    /// The formulas by the name of the output for their robustness.
    var formulas: [String: String] = [:]

    struct Outcome {
        var outputs: [RunOutput] = []
        var warnings: [String] = []
    }

    /// - Parameters:
    ///   - directory: the output directory; nil if there is none.
    ///   - series: the recorded telemetry variables.
    func collect(from directory: String?, observed: ObservedTelemetry, series: [String: TelemetrySeries]) -> Outcome {
        var outcome = Outcome()
        let files = directory.map { OutputFiles(directory: $0) }
        let reported = Reported(files, &outcome.warnings)
        if let declared {
            for (name, spec) in declared.sorted(by: { $0.key < $1.key }) {
                outcome.outputs.append(output(name, spec, reported, files, observed))
            }
        } else {
            outcome.outputs = reported.all
            if outcome.outputs.isEmpty {
                outcome.outputs = series.sorted { $0.key < $1.key }.compactMap { name, series in
                    series.last.map { RunOutput(name: name, value: $0, units: series.units) }
                }
            }
        }
        outcome.outputs += formulas.sorted { $0.key < $1.key }.map { observed.robustness($0.key, $0.value) }
        if outcome.outputs.count > RunOutput.mostPerRun {
            outcome.warnings.append("outputs: \(outcome.outputs.count) of them; only the first \(RunOutput.mostPerRun) are kept")
            outcome.outputs.removeLast(outcome.outputs.count - RunOutput.mostPerRun)
        }
        return outcome
    }

    private func output(
        _ name: String, _ spec: OutputSpec, _ reported: Reported, _ files: OutputFiles?, _ observed: ObservedTelemetry
    ) -> RunOutput {
        if spec.telemetry != nil { return observed.output(name, spec) }
        if let artifact = spec.artifact, let column = spec.column { return value(name, spec, artifact, column, files) }
        let key = spec.from ?? name
        guard let entry = reported[key] else {
            return RunOutput(name: name, value: nil, units: spec.units, note: "the scenario reports no '\(key)'")
        }
        return RunOutput(name: name, number: entry.value, units: entry.units).checked(against: spec)
    }

    private func value(_ name: String, _ spec: OutputSpec, _ artifact: String, _ column: String, _ files: OutputFiles?) -> RunOutput {
        func missing(_ note: String) -> RunOutput { RunOutput(name: name, value: nil, units: spec.units, note: "\(artifact) \(note)") }
        guard let files else { return missing("is not there") }
        do throws(OutputFiles.Problem) {
            if artifact.utf8.suffix(5).elementsEqual(".json".utf8) {
                let numbers = ReportedNumbers(json: try files.document(artifact), name: artifact)
                guard let entry = numbers[column] else {
                    return missing(numbers.problem.map { "is no JSON object: \($0)" } ?? "has no number '\(column)'")
                }
                return RunOutput(name: name, number: entry.value, units: spec.units)
            }
            let text = try files.lastValue(in: artifact, column: column)
            guard let number = Double(text) else { return missing("has '\(text)' in the last row of '\(column)', which is no number") }
            return RunOutput(name: name, number: number, units: spec.units)
        } catch {
            switch error {
            case .absent: return missing("is not there")
            case .unreadable(let problem): return missing(problem)
            }
        }
    }
}

/// The values that the scenario reports: with `lynx_scenario.output` first, then in its summary.
private struct Reported {
    private var outputs = ReportedNumbers()
    private var summary = ReportedNumbers()

    init(_ files: OutputFiles?, _ warnings: inout [String]) {
        guard let files else { return }
        if let (lines, areAll) = Self.read(OutputFiles.reported, &warnings, { file throws(OutputFiles.Problem) in try files.lastLines(of: file) }) {
            outputs = ReportedNumbers(lines: lines, name: OutputFiles.reported, startsWithFirstLine: areAll)
            if !areAll {
                warnings.append(
                    "\(OutputFiles.reported): is longer than \(OutputFiles.mostReportLines) lines or \(OutputFiles.longestReport >> 20) MiB, of which only the last are read; report each output once, at the end")
            }
        }
        if let content = Self.read(OutputFiles.summary, &warnings, { file throws(OutputFiles.Problem) in try files.document(file) }) {
            summary = ReportedNumbers(json: content, name: OutputFiles.summary)
        }
        warnings += [outputs.problem, summary.problem].compactMap(\.self)
        warnings += [(OutputFiles.reported, outputs), (OutputFiles.summary, summary)].compactMap { Self.oddNumbers($1, in: $0) }
    }

    /// The number of non-finite values that are named at most.
    private static let mostNamed = 5

    private static func oddNumbers(_ numbers: ReportedNumbers, in file: String) -> String? {
        let odd = numbers.entries.filter { !$0.value.isFinite }
        guard !odd.isEmpty else { return nil }
        let named = odd.prefix(mostNamed).map { "\($0.name) is \(Shown.notFinite($0.value))" }.joined(separator: ", ")
        return "\(file): \(named)\(odd.count > mostNamed ? ", and \(odd.count - mostNamed) more are not finite" : "")"
    }

    private static func read<Content>(
        _ path: String, _ warnings: inout [String], _ content: (String) throws(OutputFiles.Problem) -> Content
    ) -> Content? {
        do throws(OutputFiles.Problem) {
            return try content(path)
        } catch {
            if case .unreadable(let problem) = error { warnings.append("\(path) \(problem); its numbers are missing") }
            return nil
        }
    }

    subscript(name: String) -> ReportedNumbers.Entry? { outputs[name] ?? summary[name] }

    var all: [RunOutput] {
        (outputs.entries + summary.entries.filter { outputs[$0.name] == nil })
            .filter { $0.name.unicodeScalars.count <= RunOutput.longestName && Excerpt.isOneLine($0.name) }
            .map { RunOutput(name: $0.name, number: $0.value, units: $0.units) }
    }
}

extension RunOutput {
    /// Neither JSON nor statistics can represent non-finite values.
    fileprivate init(name: String, number: Double, units: String) {
        self.init(name: name, value: number.isFinite ? number : nil, units: units, note: number.isFinite ? nil : "is \(Shown.notFinite(number))")
    }
}
