import Glibc
import LynxModel

/// Where one attempt's files lie: `<output_root>/<batch>/<job>/attempt-<n>`.
enum AttemptDirectory {
    private static let mostOfOneNumber = 1000

    /// Makes it, empty and with mode 0700, with the directories above it. A control plane that was taken back to an earlier state gives
    /// numbers of attempts that have been: what is there may still be in use, and stays as it is; the directory is `attempt-<n>.2` then,
    /// and so on.
    static func make(_ assignment: JobAssignment, under root: String) throws(EngineFailure) -> String {
        // The names come over the network and become a path.
        for name in [assignment.batchID, assignment.jobID] where !isSafe(name) {
            throw EngineFailure(kind: .invalid, message: "'\(name)' cannot be the name of a directory")
        }
        guard UInt32(exactly: assignment.attempt) != nil else {
            throw EngineFailure(kind: .invalid, message: "\(assignment.attempt) cannot be the number of an attempt")
        }
        let batch = "\(root)/\(assignment.batchID)", job = "\(batch)/\(assignment.jobID)"
        for directory in [root, batch, job] { _ = try make(directory) }
        let path = "\(job)/attempt-\(assignment.attempt)"
        if try make(path) { return path }
        for number in 2...mostOfOneNumber where try make("\(path).\(number)") { return "\(path).\(number)" }
        throw EngineFailure(kind: .resources, message: "cannot make \(path): there are \(mostOfOneNumber) of that name already")
    }

    /// - Returns: false if there is something of that name.
    private static func make(_ directory: String) throws(EngineFailure) -> Bool {
        if mkdir(directory, 0o700) == 0 { return true }
        let code = errno
        guard code == EEXIST else {
            throw EngineFailure(kind: .resources, message: "cannot make \(directory): \(String(cString: strerror(code)))")
        }
        return false
    }

    private static func isSafe(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && name.utf8.count <= 200
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
            }
    }
}
