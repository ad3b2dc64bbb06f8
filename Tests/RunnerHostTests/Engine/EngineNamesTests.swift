import Foundation
import Logging
import TestSupport
import Testing

@testable import RunnerHost

@Suite("The names of engines and of their settings")
struct EngineNamesTests {
    /// Where no engine is to be named: it declares what it needs.
    private static let folders = [
        "Sources/EngineABI", "Sources/LynxDocument", "Sources/LynxModel", "Sources/RunnerHost", "Sources/Support", "Sources/runner-host",
    ]

    /// Words that say something else as well. `command` and `python` are engines and what every runner has, and
    /// a `simulation.type` that is left out is a name that users know.
    private static let exceptions: Set = [
        "Sources/LynxModel/Batch/SimulationSpec.swift: basilisk", "Sources/runner-host/RunnerHostCommand.swift: basilisk",
    ]

    @Test("The host, its header and its configuration have none of them")
    func absent() throws {
        let host = HostTable(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let engines = EngineCatalog(searchPath: [Repository.products], host: host.makeTable()).engines
        let ids = Set(engines.map(\.id)).subtracting(["command", "python"])
        #expect(ids.isSuperset(of: ["basilisk", "px4_sitl"]))
        let fields = EngineFields(engines).fields.map(\.key)
        #expect(fields.count >= 4)
        let names = Set(ids.flatMap { $0.split(separator: "_").prefix(1) }.map(String.init)).union(fields)
        for folder in Self.folders {
            for path in try #require(FileManager.default.enumerator(atPath: Repository.path(folder))).compactMap({ $0 as? String }) {
                guard path.hasSuffix(".swift") || path.hasSuffix(".h") else { continue }
                let text = try String(contentsOfFile: Repository.path("\(folder)/\(path)"), encoding: .utf8).lowercased()
                for name in names where text.contains(name) {
                    #expect(Self.exceptions.contains("\(folder)/\(path): \(name)"), "\(folder)/\(path) names '\(name)'")
                }
            }
        }
    }
}
