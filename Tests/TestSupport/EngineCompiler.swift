import Foundation

/// Compiles engines in C for the test that needs them, as a lab would: with the header and a compiler.
package enum EngineCompiler {
    /// The engine that misbehaves on demand.
    @discardableResult
    package static func fault(in directory: TemporaryDirectory, as name: String = "libFault.so", id: String = "fault") async throws -> String {
        try await compile(Repository.path("Tests/Fixtures/fault_engine.c"), ["-DFAULT_ID=\"\(id)\""], to: directory.path + "/" + name)
    }

    /// - Parameter headers: the folder of the ABI's header.
    package static func compile(
        _ source: String, _ flags: [String] = [], headers: String = Repository.path("Sources/EngineABI"), to target: String
    ) async throws -> String {
        let result = try await Command.run(
            "cc",
            ["-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-I", headers] + flags
                + [source, "-o", target])
        guard result.exitCode == 0 else { throw CompilationFailed(errors: result.errors) }
        // Whatever the umask is.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: target)
        return target
    }

    package struct CompilationFailed: Error {
        package var errors: String
    }
}
