import Glibc
import LynxModel

/// Where one attempt's files lie: `<output_root>/<batch>/<job>/attempt-<n>`.
enum AttemptDirectory {
    /// Makes it, empty and with mode 0700, with the directories above it.
    static func make(_ assignment: JobAssignment, under root: String) throws(EngineFailure) -> String {
        // The names come over the network and become a path.
        for name in [assignment.batchID, assignment.jobID] where !isSafe(name) {
            throw EngineFailure(kind: .invalid, message: "'\(name)' cannot be the name of a directory")
        }
        var path = root
        for name in ["", assignment.batchID, assignment.jobID, "attempt-\(assignment.attempt)"] {
            if !name.isEmpty { path += "/" + name }
            let isLast = name.hasPrefix("attempt-") && path.hasSuffix(name)
            guard mkdir(path, 0o700) != 0 else { continue }
            let code = errno
            if code == EEXIST && !isLast { continue }
            throw EngineFailure(kind: .resources, message: "cannot make \(path): \(String(cString: strerror(code)))")
        }
        return path
    }

    private static func isSafe(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && name.utf8.count <= 200
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
            }
    }
}
