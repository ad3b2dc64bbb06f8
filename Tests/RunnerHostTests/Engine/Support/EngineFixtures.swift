import Foundation
import Logging
import TestSupport

@testable import RunnerHost

/// Engines in C, compiled for the test that needs them, as a lab would: the header and a compiler.
enum EngineFixtures {
    /// The engine that misbehaves on demand.
    static func fault(in directory: TemporaryDirectory, as name: String = "libFault.so", id: String = "fault") async throws -> String {
        try await compile(Repository.path("Tests/Fixtures/fault_engine.c"), ["-DFAULT_ID=\"\(id)\""], to: directory.path + "/" + name)
    }

    static func library(_ source: String, in directory: TemporaryDirectory, as name: String) async throws -> String {
        try await compile(try directory.write(name + ".c", source), [], to: directory.path + "/" + name)
    }

    static func catalog(_ directories: [String]) -> EngineCatalog {
        EngineCatalog(searchPath: directories, host: HostTable(logger: Logger(label: "test")).makeTable())
    }

    private static func compile(_ source: String, _ flags: [String], to target: String) async throws -> String {
        let result = try await Command.run(
            "cc",
            ["-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-I", Repository.path("Sources/EngineABI")] + flags
                + [source, "-o", target])
        guard result.exitCode == 0 else { throw CompilationFailed(errors: result.errors) }
        // Whatever the umask is.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: target)
        return target
    }

    struct CompilationFailed: Error {
        var errors: String
    }
}
