import Foundation

/// How every child process of a test is set up.
package enum Command {
    /// - Parameters:
    ///   - program: a path, an executable of this package, or a command found in PATH.
    ///   - environment: added to this process's, from which the variables of the person's own runner are taken away;
    ///     a nil value takes another one away.
    package static func make(
        _ program: String, _ arguments: [String], in directory: String? = nil, environment: [String: String?] = [:]
    ) throws -> ChildProcess.Plan {
        let environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("LYNX_") && $0.key != "NO_COLOR" }
            .merging(environment.compactMapValues { $0 }) { $1 }
            .filter { pair in environment[pair.key].map { $0 != nil } ?? true }
        // No streams: whoever outlived a test would hold the test runner's own open.
        return ChildProcess.Plan(executable: try find(program), arguments: arguments, environment: environment, directory: directory)
    }

    /// Runs a program to its end.
    package static func run(_ program: String, _ arguments: [String]) async throws -> Program.End {
        try await Program.run(program, arguments)
    }

    private static func find(_ program: String) throws -> String {
        if program.hasPrefix("/") { return program }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        for directory in [Repository.products] + path.split(separator: ":").map(String.init) {
            let file = "\(directory)/\(program)"
            var isDirectory: ObjCBool = false
            if FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory), !isDirectory.boolValue,
                FileManager.default.isExecutableFile(atPath: file)
            {
                return file
            }
        }
        throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: program])
    }
}
