import Glibc

/// The files that a shell's pattern matches (glob(7)).
enum FilePattern {
    struct Failure: Error {
        /// As `what is wrong; what would be right`.
        var message: String
    }

    private static let most = 10_000

    /// Paths of regular files, as the pattern writes them, in the order of their bytes.
    ///
    /// - Parameter folder: what a pattern is relative to, with a slash at its end; empty for the working directory.
    /// - Throws: if there is none, or too many.
    static func matches(of pattern: String, in folder: String) throws(Failure) -> [String] {
        let folder = pattern.hasPrefix("/") ? "" : folder
        var found = glob_t()
        defer { globfree(&found) }
        let status = glob(escaped(folder) + pattern, GLOB_NOSORT, nil, &found)
        guard status == 0 || status == GLOB_NOMATCH else {
            throw Failure(message: "cannot be matched: a folder in it cannot be read")
        }
        var paths: [String] = []
        for index in 0..<(status == 0 ? Int(found.gl_pathc) : 0) {
            guard let name = found.gl_pathv[index], isRegularFile(name) else { continue }
            guard let path = String(validatingCString: name) else {
                throw Failure(message: "matches a name that is not UTF-8 text; rename that file")
            }
            paths.append(String(decoding: path.utf8.dropFirst(folder.utf8.count), as: UTF8.self))
        }
        guard !paths.isEmpty else { throw Failure(message: "matches no file; check the pattern") }
        guard paths.count <= most else { throw Failure(message: "matches \(paths.count) files; at most \(most) are allowed") }
        return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func escaped(_ folder: String) -> String {
        var text = ""
        for scalar in folder.unicodeScalars {
            if "*?[\\".unicodeScalars.contains(scalar) { text += "\\" }
            text.unicodeScalars.append(scalar)
        }
        return text
    }

    private static func isRegularFile(_ path: UnsafePointer<CChar>) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
