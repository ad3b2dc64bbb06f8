import LynxDocument
package import LynxModel

/// The values that templates of one run can name.
package struct TemplateValues: Sendable {
    /// Names without a group, such as `seed`.
    package var single: [String: ParameterValue] = [:]
    /// By group and name: `parameters.mass_kg` is `mass_kg` of `parameters`.
    package var groups: [String: [String: ParameterValue]] = [:]

    package init() {}

    /// What each name stands for, in the order of the reference.
    package static let singleNames: [(name: String, meaning: String)] = [
        ("run_index", "the run's number in its batch, from 0"),
        ("seed", "the run's own seed, a whole number of 64 bits"),
        ("seed_31", "the same seed reduced to 31 bits, for programs that read a signed 32-bit number"),
        ("job_id", "the job's id"),
        ("batch_id", "the batch's id"),
        ("attempt", "the number of the attempt, from 1"),
        ("output_dir", "the directory of the run's files, an absolute path"),
        ("job_dir", "the attempt's own directory, which holds output_dir and the logs"),
        ("working_directory", "the runner's working_directory, an absolute path"),
        ("run_config", "the path of the run configuration as JSON"),
        ("temporary_dir", "a directory that is removed with the job"),
        ("telemetry_url", "where a client of the telemetry service sends samples"),
    ]

    package static let groupNames: [(name: String, meaning: String)] = [
        ("parameters", "a dispersed parameter of the run"),
        ("units", "the units of a parameter"),
        ("ports", "a port of the option `ports`"),
        ("simulation", "name, version, type or duration_minutes of the batch's simulation"),
        ("env", "a variable of the runner's environment"),
    ]

    /// The fields of `option run_config.arguments`, which repeats for each parameter.
    private static let repeated = ["name", "value"]

    static func isGroupMember(_ name: String) -> Bool {
        guard let dot = name.firstIndex(of: ".") else { return false }
        return groupNames.contains { $0.name == name[..<dot] } && name.index(after: dot) < name.endIndex
    }

    static func isKnown(_ name: String) -> Bool {
        isGroupMember(name) || singleNames.contains { $0.name == name } || repeated.contains(name)
    }

    /// What is wrong with a name that no run has.
    static func problem(withName name: String) -> String? {
        guard !isKnown(name) else { return nil }
        let outer = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).first.map { String($0) } ?? name
        let known = singleNames.map(\.name) + groupNames.map { "\($0.name).…" }
        if groupNames.contains(where: { $0.name == outer }) { return "'{\(name)}' names nothing of \(outer); write such as {\(outer).x}" }
        if name.contains("."), let guess = Suggestion.closest(to: outer, among: groupNames.map(\.name)) {
            return "'{\(name)}' is not a field; did you mean {\(guess)\(name.dropFirst(outer.count))}"
        }
        if let guess = Suggestion.closest(to: name, among: singleNames.map(\.name)) { return "'{\(name)}' is not a field; did you mean {\(guess)}" }
        return "'{\(name)}' is not a field; there are \(known.joined(separator: ", "))"
    }

    func value(of field: Template.Place) throws(TemplateProblem) -> ParameterValue {
        func problem(_ message: String) -> TemplateProblem { TemplateProblem(line: field.line, column: field.column, message: message) }
        if let value = single[field.name] { return value }
        guard let dot = field.name.firstIndex(of: ".") else { throw problem("'{\(field.name)}' has no value here") }
        let (group, name) = (String(field.name[..<dot]), String(field.name[field.name.index(after: dot)...]))
        let members = groups[group] ?? [:]
        if let value = members[name] { return value }
        let remedy =
            switch group {
            case "env": "set it where the runner starts"
            case _ where members.isEmpty: "there are none"
            default: Suggestion.closest(to: name, among: Array(members.keys)).map { "did you mean '\($0)'?" } ?? "there are \(members.keys.sorted().joined(separator: ", "))"
            }
        throw problem("\(Self.lack(of: name, in: group)); \(remedy)")
    }

    private static func lack(of name: String, in group: String) -> String {
        switch group {
        case "parameters": "the run has no parameter '\(name)'"
        case "units": "the run has no units of a parameter '\(name)'"
        case "ports": "the option ports has no '\(name)'"
        case "simulation": "the batch's simulation has no '\(name)'"
        default: "the runner's environment has no variable '\(name)'"
        }
    }
}

extension TemplateValues {
    /// The values that every run has: those of its configuration.
    package init(_ run: RunConfiguration) {
        single["run_index"] = .integer(Int64(run.runIndex))
        single["seed"] = .string(run.seedDecimal)
        single["seed_31"] = .integer(Int64((run.seed ^ (run.seed >> 33)) & 0x7FFF_FFFF))
        single["job_id"] = .string(run.jobID)
        single["batch_id"] = .string(run.batchID)
        groups["parameters"] = run.parameters
        groups["units"] = run.units.mapValues { .string($0) }
        groups["simulation"] = [
            "name": .string(run.simulation.name), "version": .string(run.simulation.version), "type": .string(run.simulation.type),
        ]
        if let minutes = run.simulation.durationMinutes { groups["simulation"]?["duration_minutes"] = .number(minutes) }
    }
}
