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
