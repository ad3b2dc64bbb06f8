import Glibc

/// Puts what PX4 left among the mission's files: `px4/flight.ulg`, `px4/stdout.log`, `px4/stderr.log`.
enum FlightArtifacts {
    private static let folder = "px4"

    /// Moves, within one file system. Returns what could not be, one line each.
    ///
    /// The output directory was the mission's to write: no link in it is followed, and nothing of it is replaced.
    static func add(_ files: VehicleFiles, to output: String) -> [String] {
        let logs = files.flightLogs().enumerated().map { index, path in
            ("\(files.directory)/\(path)", index == 0 ? "flight.ulg" : "flight-\(index + 1).ulg")
        }
        let texts = [(files.stdout, "stdout.log"), (files.stderr, "stderr.log")].filter { hasContent($0.0) }
        guard !logs.isEmpty || !texts.isEmpty else { return [] }
        let outputDescriptor = open(output, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard outputDescriptor >= 0 else { return ["\(folder)/: \(reason())"] }
        defer { close(outputDescriptor) }
        guard mkdirat(outputDescriptor, folder, 0o700) == 0 || errno == EEXIST else { return ["\(folder)/: \(reason())"] }
        let target = openat(outputDescriptor, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard target >= 0 else { return ["\(folder)/: \(reason()); what PX4 left stays in \(files.directory)"] }
        defer { close(target) }
        return (logs + texts).compactMap { path, name in
            // A link first: unlike a rename it replaces nothing.
            guard linkat(AT_FDCWD, path, target, name, 0) == 0 else { return "\(folder)/\(name): \(reason()); it stays at \(path)" }
            unlink(path)
            return nil
        }
    }

    private static func hasContent(_ path: String) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && info.st_size > 0
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
