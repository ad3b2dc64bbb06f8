import EngineABI
import EngineKit
import Glibc
import Support

/// A shell script beside the run's directory that repeats what the run executed, for those who want to do it by hand.
enum CommandScript {
    private static let name = "command.sh"

    /// - Parameter extra: the variables that are not the runner's own.
    static func write(_ request: GuardedProcess.Request, extra: [String: String], _ files: JobFiles) throws(EngineError) {
        // The endpoint for telemetry ends with the job.
        var variables = extra.filter { $0.key != "TMPDIR" }
        variables["TETRYX_RUN_CONFIG"] = files.runConfig
        variables["TETRYX_OUTPUT_DIR"] = files.output
        let environment = variables.sorted { $0.key < $1.key }.map { " \\\n  \(quoted("\($0.key)=\($0.value)"))" }.joined()
        let command = ([request.program] + request.arguments).map { " \\\n  \(quoted($0))" }.joined()
        let text = "#!/bin/sh\ncd \(quoted(request.workingDirectory)) || exit\nexec env\(environment)\(command)\n"
        let path = "\(files.directory)/\(name)"
        do throws(FileError) {
            let file = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o700)
            try file.write(Array(text.utf8), to: path)
        } catch {
            throw EngineError(lynx_status(LYNX_E_RESOURCES), "\(error)", errno: error.code)
        }
    }

    private static func quoted(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-_./,:=@%+".utf8.contains(byte)
        }
        if isPlain { return word }
        return "'" + word.unicodeScalars.split(separator: "'", omittingEmptySubsequences: false).map { String($0) }.joined(separator: "'\\''") + "'"
    }
}
