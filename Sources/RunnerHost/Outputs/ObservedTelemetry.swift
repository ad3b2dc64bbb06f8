package import LynxModel
import TelemetryServer
import TemporalLogic

/// The part of a job's telemetry that its outputs need, accumulated as samples arrive. It does no I/O and never waits.
package struct ObservedTelemetry: Sendable {
    private var statistics: [String: VariableStatistics] = [:]
    private var traces: [String: Trace] = [:]
    /// The name of each variable that matters here, by the variable's index; nil for others.
    private var routes: [String??] = []

    /// The samples of a variable that formulas refer to.
    struct Trace: Sendable {
        var times: [Double] = []
        var values: [Double] = []
        /// Whether there were more samples than can be kept.
        var isCut = false
    }

    /// The limit for one variable: 16 MiB.
    static let mostPointsPerTrace = 1 << 20

    /// - Parameters:
    ///   - outputs: the outputs as declared by the batch.
    ///   - variables: the variables that formulas refer to.
    package init(_ outputs: [String: OutputSpec], traced variables: Set<String> = []) {
        for spec in outputs.values {
            if let variable = spec.telemetry { statistics[variable, default: .init()].prepare(for: spec) }
        }
        for variable in variables { traces[variable] = Trace() }
    }

    /// Nil if the job's outputs need none of its telemetry.
    init?(of assignment: JobAssignment) {
        let variables = (assignment.formulas ?? [:]).values.compactMap { try? Formula($0).variables }.joined()
        self.init(assignment.outputs ?? [:], traced: Set(variables))
        if statistics.isEmpty, traces.isEmpty { return nil }
    }

    mutating func record(
        variable: Int, name: @autoclosure () -> String, units: @autoclosure () -> String, value: Double, simTime: Double
    ) {
        guard let name = route(variable, name()) else { return }
        add(name, value, simTime, units())
    }

    mutating func record(
        variable: Int, name: @autoclosure () -> String, units: @autoclosure () -> String, values: Span<Double>, simTimes: Span<Double>
    ) {
        guard let name = route(variable, name()) else { return }
        for row in values.indices { add(name, values[row], simTimes[row], units()) }
    }

    /// Records one sample per row, of variables that have been recorded before.
    mutating func record(_ rows: Span<TelemetryRow>) {
        for place in rows.indices {
            guard case .some(.some(let name)) = routes[rows[place].variable] else { continue }
            add(name, rows[place].value, rows[place].simTime, "")
        }
    }

    private mutating func route(_ variable: Int, _ name: @autoclosure () -> String) -> String? {
        while routes.count <= variable { routes.append(nil) }
        if let known = routes[variable] { return known }
        let name = name()
        let wanted: String? = statistics[name] != nil || traces[name] != nil ? name : nil
        routes[variable] = .some(wanted)
        return wanted
    }

    private mutating func add(_ name: String, _ value: Double, _ time: Double, _ units: @autoclosure () -> String) {
        statistics[name]?.record(value, at: time, units: units())
        guard traces[name] != nil, time.isFinite else { return }
        if traces[name]!.values.count < Self.mostPointsPerTrace {
            traces[name]!.times.append(time)
            traces[name]!.values.append(value)
        } else {
            traces[name]!.isCut = true
        }
    }

    /// The value of an output by its declaration.
    func output(_ name: String, _ spec: OutputSpec) -> RunOutput {
        guard let variable = spec.telemetry, let statistics = statistics[variable], statistics.count > 0 else {
            return RunOutput(name: name, value: nil, units: spec.units, note: "no sample of '\(spec.telemetry ?? name)' came")
        }
        guard let (value, units) = statistics.value(of: spec) else {
            return RunOutput(name: name, value: nil, units: spec.units, note: "'\(variable)' has no \(spec.statistic?.rawValue ?? "value")")
        }
        return RunOutput(name: name, value: value, units: units).checked(against: spec)
    }

    /// The robustness of a formula as an output.
    func robustness(_ name: String, _ text: String) -> RunOutput {
        func missing(_ note: String) -> RunOutput { RunOutput(name: name, value: nil, note: note) }
        guard let formula = try? Formula(text) else { return missing("is no formula that this runner knows") }
        if let cut = formula.variables.first(where: { traces[$0]?.isCut == true }) {
            return missing("'\(cut)' has more than \(Self.mostPointsPerTrace) samples")
        }
        let signals = traces.compactMapValues { $0.values.isEmpty ? nil : Signal(times: $0.times, values: $0.values) }
        do throws(EvaluationError) {
            return RunOutput(name: name, value: try formula.evaluate(on: signals).signedRobustness)
        } catch {
            return missing("\(error)")
        }
    }
}

extension RunOutput {
    /// The output in the declared units; an output that states other units has no value.
    func checked(against spec: OutputSpec) -> RunOutput {
        var output = self
        if !spec.units.isEmpty, !units.isEmpty, units != spec.units {
            output.value = nil
            output.note = "is in '\(units)', not in '\(spec.units)'"
        }
        if !spec.units.isEmpty { output.units = spec.units }
        return output
    }
}
