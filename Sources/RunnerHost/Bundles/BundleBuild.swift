import Glibc
import LynxModel
import Support

/// A copy of a bundle's files in which its build commands have been run.
struct BundleBuild: Sendable {
    /// The folder with the bundle's files.
    let files: String
    /// For a shell, run in the copy's root.
    let commands: [String]
    /// The environment with its requirements; nil if there are none.
    let environment: String?
    let variables: [String: String]
    let limits: BundleCommand.Limits

    /// A name for everything that the build depends on, as far as it is known.
    func key(bundle: String) -> String {
        var hash = SHA256()
        let environment = environment?.split(separator: "/").last.map(String.init) ?? ""
        let variables = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        for part in ["build 1", bundle, environment] + variables + [""] + commands { hash.update(Array(part.utf8) + [0]) }
        return hash.finalize().hexadecimal
    }

    func make(_ key: String, in cache: BundleCache, _ isWanted: @Sendable () -> Bool) throws -> BundleCache.Folder {
        let log = "\(cache.temporary)/\(key).log"
        let folder = try cache.make(.builds, key) { path in
            try Self.copy(files, to: path)
            var own = variables
            own["TMPDIR"] = cache.temporary
            if let environment {
                own["VIRTUAL_ENV"] = environment
                own["PATH"] = "\(environment)/bin:\(variables["PATH"] ?? Self.path)"
            }
            let script = commands.map { "echo '$ '\(Self.quoted($0))\n( \($0)\n) || exit $?\n" }.joined()
            let command = BundleCommand(
                name: "building the bundle", script: script, variables: own, workingDirectory: path, target: path, log: log, limits: limits)
            try command.run(failing: .bundle, isWanted: isWanted)
        }
        try BundleEnvironment.keep(log, as: cache.note(of: folder))
        return folder
    }

    static var path: String { getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin" }

    private static func quoted(_ text: String) -> String {
        "'" + text.unicodeScalars.split(separator: "'", omittingEmptySubsequences: false).map { String($0) }.joined(separator: "'\\''") + "'"
    }

    /// Copies a folder of files and folders, each of which can be written to.
    private static func copy(_ source: String, to target: String) throws(FileError) {
        for name in try Directory.names(in: source) {
            let (from, to) = ("\(source)/\(name)", "\(target)/\(name)")
            var info = stat()
            guard lstat(from, &info) == 0 else { throw .last("look at", from) }
            if info.st_mode & S_IFMT == S_IFDIR {
                guard mkdir(to, 0o755) == 0 else { throw .last("make", to) }
                try copy(from, to: to)
            } else {
                try BundleBlobs.copy(from, to: to, mode: info.st_mode & 0o111 == 0 ? 0o644 : 0o755)
            }
        }
    }
}
