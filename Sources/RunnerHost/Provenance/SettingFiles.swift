import Glibc
import Support

/// The files that the settings of an engine name besides those by which a runner's conditions are checked: the words of a
/// command, templates, tables. What is filled in for each job is none of them.
enum SettingFiles {
    /// - Returns: absolute paths of regular files, by settings such as `command.0` and `files.0.template`.
    static func paths(_ settings: [String: String]) -> [String: String] {
        var paths: [String: String] = [:]
        for (setting, value) in settings where !setting.hasPrefix("env.") && !places.contains(setting) {
            if isCommand(setting), let words = try? CommandWords.split(value) {
                for (index, word) in words.enumerated() { paths["\(setting).\(index)"] = path(word, isProgram: index == 0, settings) }
            } else {
                paths[setting] = path(value, isProgram: isFirstWord(setting), settings)
            }
        }
        return paths
    }

    /// Whether the settings are those of a command, which need no interpreter.
    static func haveCommand(_ settings: [String: String]) -> Bool { settings.keys.contains { $0 == "command" || $0 == "command.0" } }

    /// Folders, and what the host looks up itself.
    private static let places: Set = ["working_directory", "state_directory", "python_executable"]

    private static func isCommand(_ setting: String) -> Bool { setting == "command" || setting.hasSuffix(".command") }
    private static func isFirstWord(_ setting: String) -> Bool { setting == "command.0" || setting.hasSuffix(".command.0") }

    private static func path(_ word: String, isProgram: Bool, _ settings: [String: String]) -> String? {
        guard !word.isEmpty, word.utf8.count < Int(PATH_MAX), !word.utf8.contains(where: { "{\n\0".utf8.contains($0) }) else { return nil }
        var folders = [settings["working_directory"] ?? "."]
        if isProgram, !word.utf8.contains(UInt8(ascii: "/")) {
            let search = settings.variables["PATH"] ?? getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
            folders = search.split(separator: ":").map(String.init)
        }
        let candidates = word.utf8.first == UInt8(ascii: "/") ? [word] : folders.map { "\($0)/\(word)" }
        return candidates.map(absolute).first { path in
            var info = stat()
            return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && (!isProgram || access(path, X_OK) == 0)
        }
    }

    private static func absolute(_ path: String) -> String {
        guard path.utf8.first != UInt8(ascii: "/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return "\(String(cString: here))/\(path)"
    }
}
