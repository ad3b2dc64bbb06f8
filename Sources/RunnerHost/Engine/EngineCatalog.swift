package import EngineABI
import Glibc
import Support

/// The content of the search path: engines, and files that were refused, each with the reason.
package struct EngineCatalog: Sendable {
    package struct Refused: Sendable {
        package var path: String
        package var reason: EngineRefusal
    }

    package private(set) var engines: [EngineLibrary] = []
    package private(set) var refused: [Refused] = []
    /// The searched directories, including those that do not exist.
    package let searchPath: [String]

    /// Loads every `.so` in the directories, in their order; of two engines with one id the first counts. Main thread only.
    ///
    /// - Parameter policy: which of them are loaded into processes of their own; nil if none is.
    package init(searchPath: [String], host: UnsafePointer<lynx_host>, isolation policy: IsolationPolicy? = nil) {
        var seen: Set<String> = []
        self.searchPath = searchPath.filter { seen.insert($0).inserted }
        var files: Set<String> = []
        for directory in self.searchPath {
            for path in Self.libraries(in: directory) {
                // The same file with two names, such as in two entries of the search path, is one engine.
                guard let real = realpath(path, nil) else { continue }
                defer { free(real) }
                guard files.insert(String(cString: real)).inserted else { continue }
                load(path, in: directory, host, policy)
            }
        }
    }

    /// The directories of `--engine-path`, then the executable's folder, then its `engines`.
    package static func defaultSearchPath(enginePath: [String], executableDirectory: String) -> [String] {
        enginePath + [executableDirectory, executableDirectory + "/engines"]
    }

    package func engine(_ id: String) -> EngineLibrary? { engines.first { $0.id == id } }

    /// A table for the user with one line for each engine and each refused file.
    package func listing() -> [String] {
        let header = ["ID", "VERSION", "ABI", "FILE"]
        let rows = [header] + engines.map { [$0.id, $0.version, $0.abi, $0.path] }
        let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = rows.map { row in
            (0..<3).map { row[$0] + String(repeating: " ", count: widths[$0] - row[$0].count) }.joined(separator: "  ") + "  " + row[3]
        }
        if engines.isEmpty { lines = ["no engines in \(searchPath.joined(separator: ":"))"] }
        lines += refused.map { "refused: \($0.path): \($0.reason)" }
        return lines
    }

    private mutating func load(_ path: String, in directory: String, _ host: UnsafePointer<lynx_host>, _ policy: IsolationPolicy?) {
        do throws(EngineRefusal) {
            let library = try Self.library(path, in: directory, host, policy)
            if let first = engine(library.id) {
                library.isolated?.discard()
                throw .duplicate(id: library.id, of: first.path)
            }
            engines.append(library)
        } catch {
            guard error != .part else { return }
            refused.append(Refused(path: path, reason: error))
        }
    }

    private static func library(
        _ path: String, in directory: String, _ host: UnsafePointer<lynx_host>, _ policy: IsolationPolicy?
    ) throws(EngineRefusal) -> EngineLibrary {
        guard let policy, !policy.mayLoad(from: directory) else { return try EngineLibrary(path: path, host: host) }
        try EngineFile(path: path).check()
        let isolated = try IsolatedEngine(
            library: path, program: policy.program, patience: policy.patience, memoryLimit: policy.defaultMemoryLimit, host: host,
            logger: policy.logger)
        let id = isolated.description.id
        guard policy.isolation(of: id, in: directory) == .process else {
            isolated.discard()
            return try EngineLibrary(path: path, host: host)
        }
        isolated.limitMemory(to: policy.memoryLimit(of: id))
        return try EngineLibrary(isolated)
    }

    private static func libraries(in directory: String) -> [String] {
        let names = ((try? Directory.names(in: directory)) ?? []).filter { $0.hasSuffix(".so") }
        return names.map { directory.utf8.last == UInt8(ascii: "/") ? directory + $0 : directory + "/" + $0 }
    }
}

/// The engines that this runner serves, and the choice of the engine for a job.
package struct EngineSelection: Sendable {
    package let engines: [EngineLibrary]
    private let tags: Set<String>

    /// - Parameter capabilities: tags besides the engines' ids; with a single engine, its jobs may name any of them.
    package init(_ engines: [EngineLibrary], capabilities: [String]) {
        self.engines = engines
        tags = Set(capabilities)
    }

    func engine(for simulationType: String) throws(EngineFailure) -> EngineLibrary {
        if let engine = engines.first(where: { $0.id == simulationType }) { return engine }
        if engines.count == 1, tags.contains(simulationType) { return engines[0] }
        let served = engines.map(\.id).joined(separator: ", ")
        throw EngineFailure(kind: .invalid, message: "simulation.type '\(simulationType)' is served by no engine of this runner; it has \(served)")
    }
}
