import Glibc
import LynxModel
import Support

/// The directory of one attempt's files, `<output_root>/<batch>/<job>/attempt-<n>`, and the directory of its temporary files.
struct AttemptDirectory: Sendable {
    /// Absolute path.
    let path: String
    /// The simulation's TMPDIR: `tmp` in the directory, or a short link to it.
    let temporary: String

    private static let mostOfOneNumber = 1000
    private var temporaryPath: String { path + "/tmp" }

    /// Describes directories that exist already.
    init(path: String, temporary: String) {
        self.path = path
        self.temporary = temporary
    }

    /// Creates the directory, empty but for `tmp` and with mode 0700, and its missing parents. A control plane restored from a
    /// backup repeats attempt numbers: an existing directory may still be in use and stays unchanged; the new one is
    /// `attempt-<n>.2` then, and so on.
    init(_ assignment: JobAssignment, under root: String) throws(EngineFailure) {
        // The names come over the network and become a path.
        for name in [assignment.batchID, assignment.jobID] where !Self.isSafe(name) {
            throw EngineFailure(kind: .invalid, message: "'\(name)' cannot be the name of a directory")
        }
        guard UInt32(exactly: assignment.attempt) != nil else {
            throw EngineFailure(kind: .invalid, message: "\(assignment.attempt) cannot be the number of an attempt")
        }
        let batch = "\(root)/\(assignment.batchID)", job = "\(batch)/\(assignment.jobID)"
        for directory in [root, batch, job] { _ = try Self.make(directory) }
        path = try Self.makeNew("\(job)/attempt-\(assignment.attempt)")
        let temporary = path + "/tmp"
        _ = try Self.make(temporary)
        self.temporary = temporary.utf8.count <= Self.longestTemporary ? temporary : Self.link(to: temporary) ?? temporary
    }

    private static func makeNew(_ path: String) throws(EngineFailure) -> String {
        if try make(path) { return path }
        for number in 2...mostOfOneNumber where try make("\(path).\(number)") { return "\(path).\(number)" }
        throw EngineFailure(kind: .resources, message: "cannot make \(path): there are \(mostOfOneNumber) of that name already")
    }

    /// - Returns: false if an entry of that name exists.
    private static func make(_ directory: String) throws(EngineFailure) -> Bool {
        if mkdir(directory, 0o700) == 0 { return true }
        let code = errno
        guard code == EEXIST else {
            throw EngineFailure(kind: .resources, message: "cannot make \(directory): \(String(cString: strerror(code)))")
        }
        return false
    }

    /// Removes the files in the simulation's TMPDIR. Returns a warning if some of them remain.
    func removeTemporary() -> String? {
        if temporary != temporaryPath { unlink(temporary) }
        do throws(FileError) {
            try DirectoryRemoval.remove(temporaryPath)
            return nil
        } catch {
            return "not all temporary files could be removed: \(error)"
        }
    }

    /// The longest path in bytes. A socket's path has at most 107 (unix(7)), and programs create sockets in directories below
    /// TMPDIR.
    private static let longestTemporary = 60

    /// A link in the runner's own temporary directory; nil if that would not be shorter.
    private static func link(to target: String) -> String? {
        let own = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        for folder in [own, "/tmp"] where folder.hasPrefix("/") && folder.utf8.count <= longestTemporary - 24 {
            for _ in 0..<8 {
                let name = "\(folder)/lynx-\(String(UInt64.random(in: .min ... .max), radix: 36))"
                if symlink(target, name) == 0 { return name }
                if errno != EEXIST { break }
            }
        }
        return nil
    }

    private static func isSafe(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && name.utf8.count <= 200
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
            }
    }
}
