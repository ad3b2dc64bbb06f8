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
        guard UInt32(exactly: assignment.attempt) != nil else {
            throw EngineFailure(kind: .invalid, message: "\(assignment.attempt) cannot be the number of an attempt")
        }
        let batch = "\(root)/\(assignment.batchID)", job = "\(batch)/\(assignment.jobID)", path = "\(job)/attempt-\(assignment.attempt)"
        for directory in [root, batch, job, path] {
            guard mkdir(directory, 0o700) != 0 else { continue }
            let code = errno
            if code == EEXIST && directory != path { continue }
            throw EngineFailure(kind: .resources, message: "cannot make \(directory): \(String(cString: strerror(code)))")
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
