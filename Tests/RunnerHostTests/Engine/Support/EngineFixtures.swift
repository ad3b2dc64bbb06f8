import Logging
import TestSupport

@testable import RunnerHost

/// Engines in C, compiled for the test that needs them, as a lab would: the header and a compiler.
enum EngineFixtures {
    /// The engine that misbehaves on demand.
    static func fault(in directory: TemporaryDirectory, as name: String = "libFault.so", id: String = "fault") async throws -> String {
        try await EngineCompiler.fault(in: directory, as: name, id: id)
    }

    static func library(_ source: String, in directory: TemporaryDirectory, as name: String) async throws -> String {
        try await EngineCompiler.compile(try directory.write(name + ".c", source), to: directory.path + "/" + name)
    }

    /// Every engine in a process of its own.
    static func isolation(patience: Duration = .seconds(180)) -> IsolationPolicy {
        IsolationPolicy(
            program: Repository.products + "/runner-host", ownFolders: [], chosen: [:], defaultMemoryLimit: 256 << 20, patience: patience,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    static func catalog(_ directories: [String]) -> EngineCatalog {
        EngineCatalog(searchPath: directories, host: HostTable(logger: Logger(label: "test")).makeTable())
    }
}
