import Glibc
import LynxModel
import Support

/// A virtual environment with the requirements of a bundle. The packages of the runner's own interpreter are found after those
/// of the environment.
struct BundleEnvironment: Sendable {
    /// The runner's interpreter.
    let python: String
    /// The folder with the bundle's files.
    let files: String
    /// The file of requirements, relative to that folder.
    let requirements: String
    let bundle: String
    let limits: BundleCommand.Limits

    /// A name for everything that the environment depends on.
    ///
    /// - Throws: `BundleError` if the file cannot be read.
    func key(_ code: CodeFiles) throws(BundleError) -> String {
        guard let text = WholeFile.read("\(files)/\(requirements)", atMost: 4 << 20) else {
            throw BundleError(
                .bundle, "requirements: the bundle has no file '\(requirements)' of less than 4 MiB; give the path of one from its root")
        }
        var hash = SHA256()
        for part in ["environment 1", python, code.digest(of: python) ?? ""] { hash.update(Array(part.utf8) + [0]) }
        hash.update(text)
        // Other files may be named in it; they are the bundle's.
        if Self.namesFiles(text) { hash.update(Array("\0\(bundle) \(requirements)".utf8)) }
        return hash.finalize().hexadecimal
    }

    /// Whether a line refers to something else than packages of an index.
    private static func namesFiles(_ text: [UInt8]) -> Bool {
        text.split(separator: UInt8(ascii: "\n")).contains { line in
            let line = String(decoding: line, as: UTF8.self).drop { $0.isWhitespace }
            return ["-r", "-c", "-e", "--req", "--cons", "--edit", "--find", "-f", ".", "/", "file:"].contains(where: line.hasPrefix)
                || line.contains("/")
        }
    }

    func make(_ key: String, in cache: BundleCache, _ isWanted: @Sendable () -> Bool) throws -> BundleCache.Folder {
        let log = "\(cache.temporary)/\(key).log"
        let folder = try cache.make(.environments, key) { path in
            let command = BundleCommand(
                name: "installing '\(requirements)'", script: Self.script,
                variables: [
                    "LYNX_PYTHON": python, "LYNX_ENVIRONMENT": path, "LYNX_REQUIREMENTS": requirements, "TMPDIR": "\(path)/tmp",
                    "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_CACHE_DIR": "1", "PIP_REQUIRE_VIRTUALENV": "0",
                ],
                workingDirectory: files, target: path, log: log, limits: limits)
            try command.run(failing: .installation, isWanted: isWanted)
        }
        try Self.keep(log, as: cache.note(of: folder))
        return folder
    }

    static func keep(_ log: String, as note: String) throws(FileError) {
        guard rename(log, note) == 0 else { throw .last("rename", log) }
    }

    /// With pip of the runner's interpreter where it has one, which spares each environment its own.
    private static let script = #"""
        set -e
        mkdir "$TMPDIR"
        echo "requirements from $LYNX_REQUIREMENTS"
        if "$LYNX_PYTHON" -m pip --python "$LYNX_PYTHON" --version >/dev/null 2>&1; then
            "$LYNX_PYTHON" -m venv --without-pip "$LYNX_ENVIRONMENT"
            set -- "$LYNX_PYTHON" -m pip --python "$LYNX_ENVIRONMENT/bin/python"
        else
            "$LYNX_PYTHON" -m venv "$LYNX_ENVIRONMENT"
            set -- "$LYNX_ENVIRONMENT/bin/python" -m pip
        fi
        "$@" install --progress-bar off -r "$LYNX_REQUIREMENTS"
        site=$("$LYNX_ENVIRONMENT/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
        "$LYNX_PYTHON" -c 'import sys; [print(f"import site; site.addsitedir({p!r})") for p in sys.path if p.endswith(("site-packages", "dist-packages"))]' > "$site/zz_runner_packages.pth"
        echo "installed:"
        "$@" list --format freeze
        rm -rf "$TMPDIR"
        """#
}
