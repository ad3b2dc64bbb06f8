import FoundationEssentials
import Glibc

/// Where `runner-host` is: as it was named, or beside the executable of this process.
enum RunnerHostLocation {
    static func find(named path: String?) throws -> String {
        if let path {
            guard access(path, X_OK) == 0 else {
                throw CLIError.badInput("--runner-host \(path) cannot be run: \(SystemError.text(errno))")
            }
            return path
        }
        let here = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = here.prefix(through: here.utf8.lastIndex(of: UInt8(ascii: "/")) ?? here.startIndex) + "runner-host"
        guard access(String(beside), X_OK) == 0 else {
            throw CLIError.badInput("there is no runner-host at \(beside): build it, or give --runner-host PATH")
        }
        return String(beside)
    }
}
