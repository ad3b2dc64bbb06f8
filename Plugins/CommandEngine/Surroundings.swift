import CommandDocument
import EngineKit
import Glibc
import LynxModel
import Support

/// What all runs of an engine share: where relative paths begin, and limits.
struct Surroundings: Sendable {
    let workingDirectory: String
    let captureBytes: UInt64
    let hasPrivateSharedMemory: Bool
    /// Whether programs are those of a container image.
    let areInContainer: Bool

    init(_ settings: EngineSettings) throws(EngineError) {
        areInContainer = settings.areInContainer
        workingDirectory = try ProgramLookup.directory(
            settings["working_directory"] ?? ".", setting: "working_directory", inContainer: settings.areInContainer)
        captureBytes = settings["log_capture_bytes"].flatMap(UInt64.init) ?? 10 << 20
        hasPrivateSharedMemory = try PrivateSharedMemory.isWanted(settings)
    }

    /// The absolute form of a path of an option.
    func path(_ path: String) -> String { path.utf8.first == UInt8(ascii: "/") ? path : "\(workingDirectory)/\(path)" }

    /// The absolute path of a program: a name without a slash is looked for in the PATH that its process gets.
    func program(_ name: String, option: String, searching search: String?) throws(EngineError) -> String {
        if name == "~" || name.hasPrefix("~/") { throw .invalid("\(option): '~' is not expanded here; write the path out, or {env.HOME}") }
        return try ProgramLookup.executable(
            name.utf8.contains(UInt8(ascii: "/")) ? path(name) : name, setting: option, path: search, inContainer: areInContainer)
    }

    /// Checks what does not depend on a run: programs, files and the templates in them.
    func check(_ options: CommandOptions, warn: (String) -> Void) throws(EngineError) {
        try checkProgram(options.command, options.environment, option: "command")
        for (index, server) in options.servers.enumerated() {
            try checkProgram(server.command, server.environment, option: "servers[\(index)].command")
        }
        if let directory = options.directory?.constant { _ = try ProgramLookup.directory(path(directory), setting: "directory", inContainer: areInContainer) }
        for (index, file) in options.files.enumerated() {
            switch file.source {
            case .link(let source), .copy(let source):
                if let name = source.constant { try checkPresence(name, option: "files[\(index)]") }
            case .template(let source, let delimiters):
                if let name = source.constant { _ = try template(name, delimiters, option: "files[\(index)].template") }
            case .text: break
            }
        }
        warnOfForgottenFiles(options, warn)
    }

    private func checkProgram(_ command: [Template], _ environment: [String: Template], option: String) throws(EngineError) {
        guard let name = command.first?.constant else { return }
        let search = environment["PATH"]
        // A PATH that each run fills for itself is known only then.
        if let search, search.constant == nil, !name.utf8.contains(UInt8(ascii: "/")) { return }
        _ = try program(name, option: option, searching: search?.constant)
    }

    private func checkPresence(_ name: String, option: String) throws(EngineError) {
        var info = stat()
        guard stat(path(name), &info) == 0 else { throw .invalid("\(option): no such file '\(path(name))'; give the path of one that is there") }
    }

    /// Reads and parses a template file.
    func template(_ name: String, _ delimiters: Template.Delimiters, option: String) throws(EngineError) -> Template {
        let file = try ProgramLookup.file(path(name), setting: option)
        guard let text = WholeFile.read(file, atMost: 64 << 20) else { throw .invalid("\(option): '\(name)' cannot be read or is larger than 64 MiB") }
        do throws(TemplateProblem) {
            return try Template(text, delimiters: delimiters)
        } catch {
            throw .invalid("\(option): \(error.located(in: name))")
        }
    }

    /// A program that starts in its own directory does not find what only the working directory has.
    private func warnOfForgottenFiles(_ options: CommandOptions, _ warn: (String) -> Void) {
        guard options.directory == nil, options.files.isEmpty else { return }
        for argument in options.command.dropFirst().compactMap(\.constant) where argument.utf8.first != UInt8(ascii: "/") && argument.utf8.first != UInt8(ascii: "-") {
            guard access(path(argument), F_OK) == 0, argument != ".", argument != ".." else { continue }
            warn(
                "command: '\(argument)' is in \(workingDirectory), but each run starts in its own directory, where it will not be found; add it to files, or write {working_directory}/\(argument)"
            )
        }
    }
}
