import CLinux
import Glibc

/// Finds programs and files as a shell would; its errors are one line.
public enum ProgramLookup {
    /// The absolute path of an executable file; a name without a slash is searched in PATH.
    ///
    /// - Parameters:
    ///   - path: the PATH that its process gets, if not this process's own.
    ///   - inContainer: whether that is a matter of the container image: the name stays as it is.
    public static func executable(
        _ name: String, setting: String, path search: String? = nil, inContainer: Bool = false
    ) throws(EngineError) -> String {
        if inContainer { return name }
        if name.utf8.contains(UInt8(ascii: "/")) {
            let path = absolute(name)
            guard isRegularFile(path) else { throw .invalid("\(setting): no such file '\(name)'; give the path of a program or a name in PATH") }
            guard access(path, X_OK) == 0 else {
                throw .invalid("\(setting): '\(name)' is not executable; give the path of a program or a name in PATH")
            }
            return path
        }
        let search = search ?? getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        for directory in search.unicodeScalars.split(separator: ":").map({ String($0) }) {
            let path = absolute("\(directory)/\(name)")
            if isRegularFile(path), access(path, X_OK) == 0 { return path }
        }
        throw .invalid("\(setting): no program '\(name)' in PATH; install it or give its path")
    }

    public static func file(_ name: String, setting: String, inContainer: Bool = false) throws(EngineError) -> String {
        if inContainer { return name }
        let path = absolute(name)
        guard isRegularFile(path) else { throw .invalid("\(setting): no such file '\(name)'; give the path of one that is there") }
        guard access(path, R_OK) == 0 else { throw .invalid("\(setting): '\(name)' cannot be read; give this user the right to") }
        return path
    }

    public static func directory(_ name: String, setting: String, inContainer: Bool = false) throws(EngineError) -> String {
        if inContainer { return name }
        let path = absolute(name)
        var info = stat()
        guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
            throw .invalid("\(setting): no such directory '\(name)'; give the path of one that is there")
        }
        guard access(path, X_OK) == 0 else { throw .invalid("\(setting): '\(name)' cannot be entered; give this user the right to") }
        return path
    }

    /// The absolute form of a path relative to the current directory. Symbolic links stay: a virtual environment's `python` is
    /// one, and finds its packages by the name it was called by.
    public static func absolute(_ path: String) -> String {
        if path.utf8.first == UInt8(ascii: "/") { return path }
        guard let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return path == "." ? String(cString: here) : "\(String(cString: here))/\(path)"
    }

    private static func isRegularFile(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG
    }
}
