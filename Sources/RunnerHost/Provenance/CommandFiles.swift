import Glibc

/// The files that the words of a command name, by the settings that the words are in.
enum CommandFiles {
    /// - Returns: absolute paths of regular files, by settings such as `command.0`.
    static func paths(_ settings: [String: String]) -> [String: String] {
        var paths: [String: String] = [:]
        for (setting, word) in settings where setting.hasPrefix("command.") {
            // What is filled in for each job is none of them.
            guard !word.isEmpty, !word.utf8.contains(UInt8(ascii: "{")), !word.utf8.contains(0) else { continue }
            if let path = path(word, isProgram: setting == "command.0", settings) { paths[setting] = path }
        }
        return paths
    }

    private static func path(_ word: String, isProgram: Bool, _ settings: [String: String]) -> String? {
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

    static func absolute(_ path: String) -> String {
        guard path.utf8.first != UInt8(ascii: "/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return "\(String(cString: here))/\(path)"
    }
}
