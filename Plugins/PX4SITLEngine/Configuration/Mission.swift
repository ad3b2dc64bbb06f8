import EngineKit

/// What flies the vehicle: a program of the user's, run once for each flight.
struct Mission: Sendable {
    /// Absolute.
    let program: String
    let arguments: [String]

    /// A Python file runs in the configured Python, anything else by itself.
    init(_ settings: EngineSettings) throws(EngineError) {
        guard let entrypoint = settings["px4_entrypoint"] else {
            throw .invalid("px4_entrypoint: missing; give the path of the mission that flies each vehicle")
        }
        if entrypoint.hasSuffix(".py") {
            program = try ProgramLookup.executable(settings["python_executable"] ?? "python3", setting: "python_executable")
            arguments = [try ProgramLookup.file(entrypoint, setting: "px4_entrypoint")]
        } else {
            program = try ProgramLookup.executable(entrypoint, setting: "px4_entrypoint")
            arguments = []
        }
    }
}

/// Names in `dispersions` that go to the mission alone, and look as if they were meant for PX4.
enum MissionName {
    /// What is odd about one, for a person; nil for most.
    static func warning(_ name: String, _ list: ParameterList?) -> String? {
        let bare = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
        let capitals = bare.uppercased()
        if list?[capitals] != nil { return text(name, "PX4's parameter is \(capitals)") }
        if name.hasPrefix(prefix) { return text(name, "PX4's parameters have their plain names here, such as SIH_MASS") }
        if let meant = FlightPlan.names.first(where: { spellings(of: $0).contains(folded(name)) }) { return text(name, "did you mean \(meant)?") }
        let looksLikeParameter = name.utf8.count > VehicleParameter.mostCharacters && name == capitals && name.contains("_")
        return looksLikeParameter ? text(name, "PX4's names have \(VehicleParameter.mostCharacters) characters at most") : nil
    }

    /// In PX4's environment.
    private static let prefix = "PX4_PARAM_"

    private static func text(_ name: String, _ remedy: String) -> String { "dispersions: \(name) goes to the mission alone; \(remedy)" }

    /// With its unit and without.
    private static func spellings(of name: String) -> [String] {
        [folded(name), folded(name.split(separator: "_").dropLast().joined())].filter { $0.utf8.count > 5 }
    }

    private static func folded(_ name: String) -> String { name.lowercased().filter { $0 != "_" && $0 != "-" } }
}
