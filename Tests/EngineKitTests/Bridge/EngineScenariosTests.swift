import EngineABI
import Synchronization
import TestSupport
import Testing

@testable import EngineKit

/// An engine that only tells what it was made for.
private final class NamedEngine: Engine {
    static let id = "named"
    static let displayName = "Named"
    static let version = "1"
    static let retired = Mutex<[String]>([])

    let name: String
    private let started = Mutex(0)
    var starts: Int { started.withLock { $0 } }

    init(host: HostHandle, settings: EngineSettings) throws(EngineError) {
        guard let name = settings["name"] else { throw .invalid("name: missing") }
        self.name = name
    }

    static func namesScenario(_ settings: EngineSettings) -> Bool { settings["name"] != nil }

    func start() { started.withLock { $0 += 1 } }
    func retire() { Self.retired.withLock { $0.append(name) } }
    func prepare(_ request: JobRequest) throws(EngineError) -> any EngineJob { throw .invalid("not in this test") }
}

@Suite("One engine for each scenario", .serialized)
struct EngineScenariosTests {
    private static nonisolated(unsafe) let table: UnsafeMutablePointer<lynx_host> = {
        let table = UnsafeMutablePointer<lynx_host>.allocate(capacity: 1)
        table.initialize(to: lynx_host())
        return table
    }()

    private let scenarios = EngineScenarios(NamedEngine.self) { settings throws(EngineError) in
        try NamedEngine(host: HostHandle(EngineScenariosTests.table), settings: settings)
    }

    private func engine(_ name: String?) throws -> NamedEngine {
        try #require(try scenarios.engine(for: name.map { EngineSettings(["name": $0]) }) as? NamedEngine)
    }

    @Test("The same settings give the same engine, started once") func shared() throws {
        try scenarios.configure(EngineSettings(["name": "default"]))
        let first = try engine("a")
        #expect(try engine("a") === first && engine("b") !== first)
        #expect(first.starts == 1)
        #expect(try engine(nil).name == "default" && engine(nil).starts == 1)
    }

    @Test("The one used longest ago is retired when there are too many") func retired() throws {
        NamedEngine.retired.withLock { $0 = [] }
        for number in 0..<8 { _ = try engine("s\(number)") }
        let first = try engine("s0")
        _ = try engine("s8")
        #expect(NamedEngine.retired.withLock { $0 } == ["s1"])
        #expect(try engine("s0") === first)
    }

    @Test("A configuration that names nothing to run is right only where jobs bring their own") func withoutDefault() throws {
        #expect(throws: EngineError.self) { try scenarios.configure(EngineSettings([:])) }
        try scenarios.configure(EngineSettings(["scenarios": "true"]))
        #expect(!scenarios.hasDefault)
        let error = #expect(throws: EngineError.self) { try engine(nil) }
        #expect(error?.message.contains("no default scenario") == true)
        #expect(try engine("a").name == "a")
    }

    @Test("A check keeps and starts nothing, and tells what is wrong") func check() throws {
        try scenarios.check(EngineSettings(["name": "a"]))
        #expect(scenarios.warmWorkers.isEmpty)
        let error = #expect(throws: EngineError.self) { try scenarios.check(EngineSettings([:])) }
        #expect(error?.message == "name: missing")
    }

    @Test("Lists, groups and variables are read from flat settings") func settings() {
        let settings = EngineSettings([
            "command.0": "./run", "command.1": "", "single": "x", "map.a.b": "1", "map.c": "2", "env.A": "1", "scenarios": "true",
        ])
        #expect(settings.list("command") == ["./run", ""])
        #expect(settings.list("single") == ["x"] && settings.list("none") == nil)
        #expect(settings.group("map").keys == ["a.b", "c"])
        #expect(settings.environment == ["A": "1"])
        #expect(settings.keys == ["command.0", "command.1", "map.a.b", "map.c", "single"])
    }
}
