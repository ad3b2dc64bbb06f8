/// How the `command` engine runs a program: what the user says of it once, for all runs.
package struct CommandOptions: Hashable, Sendable {
    /// The program and its arguments; each is filled for itself, so that a value with blanks stays one argument.
    package var command: [Template]
    /// Where the program starts; nil for the run's output directory.
    package var directory: Template?
    package var environment: [String: Template] = [:]
    package var files: [CommandFile] = []
    package var runConfig = RunConfigForms()
    /// The ports that each run gets, by the name in `{ports.name}`.
    package var ports: [String: PortChoice] = [:]
    package var exitCodes = ExitCodeTable()
    package var results: [ResultSource] = []
    package var telemetry: [TelemetrySource] = []
    /// Programs that run beside the command, in the order in which they are started.
    package var servers: [CommandServer] = []
    /// When and how the command itself is asked to end; nil for one that ends by itself.
    package var stop: CommandStop?

    package init(command: [Template]) { self.command = command }
}

/// A file or folder that the run finds in its output directory.
package struct CommandFile: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        /// A path, of which the run gets a symbolic link.
        case link(Template)
        /// A path, of which the run gets a copy.
        case copy(Template)
        /// The path of a text whose fields are filled.
        case template(Template, Template.Delimiters)
        /// A text whose fields are filled.
        case text(Template)
    }

    package var source: Source
    /// The path below the output directory; nil for the source's own name.
    package var target: Template?
}

/// In which further forms a run gets its configuration, besides `run_config.json`.
package struct RunConfigForms: Hashable, Sendable {
    /// Paths below the output directory.
    package var json: Template?
    package var yaml: Template?
    package var toml: Template?
    /// What the names of the variables begin with that hold the parameters.
    package var environmentPrefix: String?
    /// The arguments that are appended for each parameter; they may name `{name}` and `{value}`.
    package var arguments: [Template] = []
}

/// Which ports a run may get.
package enum PortChoice: Hashable, Sendable {
    case auto
    case range(ClosedRange<UInt16>)
}

/// What a program printed, or a file of it.
package enum TextSource: Hashable, Sendable {
    case stdout
    case stderr
    /// A path below the output directory.
    case file(Template)
}

/// Where the scalar results of a run are.
package struct ResultSource: Hashable, Sendable {
    package enum Format: Hashable, Sendable {
        /// The numbers of a JSON object, and those of objects in it.
        case json
        /// The numbers in the last row of a table whose first line names its columns.
        case csv
        /// Lines such as `speed = 1.5` or `speed: 1.5`, of which the last one of each name counts.
        case keyValue
        /// The named groups of a regular expression in the last line that it matches.
        case pattern(String)
    }

    package var format: Format
    package var source: TextSource
    /// The names of outputs, with what the source calls each; empty for all under their own names.
    package var values: [String: String] = [:]
    /// The units of outputs.
    package var units: [String: String] = [:]
}

/// Where a run's telemetry comes from if the program speaks to no client of the telemetry service.
package struct TelemetrySource: Hashable, Sendable {
    package enum Format: String, CaseIterable, Hashable, Sendable {
        case jsonLines = "json_lines"
        case csv
    }

    package var source: TextSource
    package var format: Format
    /// The key or column of the simulated time in seconds; nil for the first of the usual names.
    package var time: String?
    /// The names of variables, with the key or column of each; empty for all numbers under their own names.
    package var variables: [String: String] = [:]
    package var units: [String: String] = [:]
}

/// Something that shows that a program is ready, or has done its work.
package enum CommandSign: Hashable, Sendable {
    /// A line of its output that the regular expression matches.
    case output(String)
    /// A file below the output directory.
    case file(Template)
    /// A TCP port on the loopback that accepts connections: its number, or the name of one of the run's ports.
    case port(Template)
    case seconds(Double)
}

/// A program that runs beside the command, which starts when all of them are ready.
package struct CommandServer: Hashable, Sendable {
    package var command: [Template]
    package var directory: Template?
    package var environment: [String: Template] = [:]
    /// Nil if it is ready once it has been started.
    package var ready: CommandSign?
    /// Seconds.
    package var readyTimeout = 60.0
    package var stop = StopSignal()
}

/// How a program is asked to end, before it is killed.
package struct StopSignal: Hashable, Sendable {
    package var signal = SignalName.terminate
    /// Seconds from the signal to the kill.
    package var grace = 5.0

    package init() {}
}

/// When the command is asked to end, and how; its exit counts as success then.
package struct CommandStop: Hashable, Sendable {
    package var when: CommandSign
    package var stop: StopSignal
}
