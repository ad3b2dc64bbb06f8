import Foundation
import Logging
import LynxDocument
import LynxModel
import TestSupport
import Testing

@testable import RunnerHost

@Suite("The configuration that an engine declares", .timeLimit(.minutes(5)))
struct EngineDeclarationTests {
    /// A runner with that engine, in this process or in one of its own.
    private final class Bench {
        let directory: TemporaryDirectory
        let isolation: EngineIsolation
        private let host = HostTable(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

        init(_ isolation: EngineIsolation) async throws {
            directory = try TemporaryDirectory()
            self.isolation = isolation
            _ = try await EngineCompiler.compile(
                Repository.path("Tests/Fixtures/declaring_engine.c"), ["-Wno-unused"], to: directory.path + "/libDeclaring.so")
        }

        func catalog() -> EngineCatalog {
            EngineCatalog(
                searchPath: [directory.path], host: host.makeTable(), isolation: isolation == .process ? EngineFixtures.isolation() : nil)
        }

        /// What the runner says of a configuration; empty if it starts.
        func lines(_ yaml: String, environment: [String: String] = [:], flags: [String: String] = [:]) throws -> [String] {
            let file = try directory.write("r.yaml", "engines: [declaring]\n" + yaml)
            let configuration = try RunnerConfiguration.load(file: file, environment: environment, flags: flags)
            let runner = RunnerProcess(configuration)
            do throws(StartupError) {
                _ = try runner.scenarioCatalog(of: try runner.select(from: catalog()))
                return []
            } catch {
                return error.lines.map { $0.replacing(file, with: "r.yaml") }
            }
        }
    }

    @Test("Options are checked by it before the engine sees them, each mistake with its place", arguments: EngineIsolation.allCases)
    func section(isolation: EngineIsolation) async throws {
        let bench = try await Bench(isolation)
        let lines = try bench.lines(
            """
            engine_options:
              declaring:
                stepp: 1
                step: 0
                threads: 2.5
                mode: fats
                cache: no
                probes: {gains: {a: x, b: 1}}
                max_concurrent_jobs: 2
            """)
        #expect(
            lines == [
                "r.yaml:4:5: engine_options.declaring.stepp: is not a field of the engine's options; did you mean 'step'?",
                "r.yaml:5:11: engine_options.declaring.step: 0 is out of range; give a number above 0 and of at most 10",
                "r.yaml:6:14: engine_options.declaring.threads: expected a whole number from 1 to 64, found the number 2.5",
                "r.yaml:7:11: engine_options.declaring.mode: 'fats' is not known; did you mean 'fast'? It is one of fast, exact",
                "r.yaml:8:12: engine_options.declaring.cache: expected a whole number of at least 1 or true or false, found the string 'no'",
                "r.yaml:9:5: engine_options.declaring.probes.name: is missing; give a string",
                "r.yaml:9:25: engine_options.declaring.probes.gains.a: expected a number, found the string 'x'",
            ])
    }

    @Test("What is right starts, in all its forms", arguments: EngineIsolation.allCases, [
        "", "engine_options: {declaring: {step: 10, threads: 64, mode: exact, cache: 5}}", "engine_options: {declaring: {cache: false, probes: a}}",
        "engine_options: {declaring: {probes: [a, {name: b, gains: {x y: 1e-3}}]}}", "engine_options: {declaring: {free: {any: [1, {thing: true}]}}}",
        "engine_options: {declaring: {model: a.xml, isolation: process}}", "scenarios: {s: {engine: declaring, entrypoint: a.xml, step: 1}}",
        "scenarios: {s: {engine: declaring, entrypoint: a.xml, sandbox: false}}",
    ])
    func valid(isolation: EngineIsolation, yaml: String) async throws {
        #expect(try await Bench(isolation).lines(yaml) == [])
    }

    @Test("Scenarios are checked in the same way", arguments: EngineIsolation.allCases)
    func scenarios(isolation: EngineIsolation) async throws {
        let bench = try await Bench(isolation)
        let lines = try bench.lines("scenarios:\n  s: {engine: declaring, step: -1}\n  t: {engine: declaring, env: {A: 1}, treads: 4}\n")
        #expect(
            lines == [
                "r.yaml:3:32: scenarios.s.step: -1 is out of range; give a number above 0 and of at most 10",
                "r.yaml:4:39: scenarios.t.treads: is not a field of the engine's options; did you mean 'threads'?",
            ])
    }

    @Test("What the engine itself finds wrong has its place too, and it gets the runner's fields that it declares", arguments: EngineIsolation.allCases)
    func engine(isolation: EngineIsolation) async throws {
        let bench = try await Bench(isolation)
        let found = try bench.lines("engine_options:\n  declaring:\n    probes: [a, bad]\n")
        #expect(found == ["r.yaml:4:17: engine_options.declaring.probes[1]: 'bad' is no probe"])
        #expect(try bench.lines("telemetry_max_points: 7\n") == ["engine declaring: telemetry_max_points: is 7"])
    }

    @Test("It adds fields to the runner's configuration, for the file, the variables and the flags, of which the last wins", arguments: EngineIsolation.allCases)
    func fields(isolation: EngineIsolation) async throws {
        let bench = try await Bench(isolation)
        let variable = ["LYNX_RUNNER_DECLARING_PACE": "8"]
        #expect(try bench.lines("declaring_pace: 2\n") == [])
        #expect(try bench.lines("declaring_pace: 7\n") == ["engine declaring: declaring_pace: is 7"])
        #expect(try bench.lines("declaring_pace: 7\n", environment: variable) == ["engine declaring: declaring_pace: is 8"])
        #expect(
            try bench.lines("declaring_pace: 7\n", environment: variable, flags: ["declaring_pace": "9"]) == [
                "engine declaring: declaring_pace: is 9"
            ])
        #expect(try bench.lines("declaring_pace: null\n") == [])
    }

    @Test("Their values are checked by the declaration, and names that nobody declares are refused, all at once", arguments: EngineIsolation.allCases)
    func wrongFields(isolation: EngineIsolation) async throws {
        let bench = try await Bench(isolation)
        let lines = try bench.lines(
            "engine: [a]\ndeclaring_pace: 10\ndeclaring_pase: 1\n",
            environment: ["LYNX_RUNNER_ENGINE": "x", "LYNX_RUNNER_DECLARING_PACE": "fast"], flags: ["log_levl": "info", "declaring_pase": "2"])
        #expect(
            Set(lines) == [
                "r.yaml:2:1: engine: is not a field of the runner's configuration; did you mean 'engines'?",
                "r.yaml:3:17: declaring_pace: 10 is out of range; give a whole number from 1 to 9",
                "r.yaml:4:1: declaring_pase: is not a field of the runner's configuration; did you mean 'declaring_pace'?",
                "LYNX_RUNNER_ENGINE: is not a variable of the runner; did you mean LYNX_RUNNER_ENGINES?",
                "LYNX_RUNNER_DECLARING_PACE: expected a whole number from 1 to 9, found 'fast'",
                "--log-levl: is not a flag of the runner; did you mean --log-level?",
                "--declaring-pase: is not a flag of the runner; did you mean --declaring-pace?",
            ])
        let far = try bench.lines("colour: red\n")
        let known = RunnerField.all.map(\.key) + ["declaring_pace"]
        #expect(far == ["r.yaml:2:1: colour: is not a field of the runner's configuration; its fields are \(known.joined(separator: ", "))"])
    }

    @Test("The fields of a declaration are shown with those of the host") func reference() async throws {
        let fields = try await Bench(.inProcess).catalog().fields
        #expect(fields.fields.map(\.key) == ["declaring_pace"])
        let configuration = try RunnerConfiguration.load(file: nil, environment: [:], flags: ["declaring_pace": "3"])
        #expect(
            configuration.rendered(with: fields).split(separator: "\n").contains {
                $0.hasPrefix("declaring_pace: 3 ") && $0.hasSuffix("# --declaring-pace")
            })
        let json = FieldReference(fields).json
        #expect(json["schema"]["properties"]["declaring_pace"]["maximum"] == .integer(9))
        #expect(json["fields"].array.last?["variable"] == .string("LYNX_RUNNER_DECLARING_PACE"))
        #expect(json["fields"].array.count == RunnerField.all.count + 1)
    }

    @Test("It says how many jobs the processors carry, unless the configuration does", arguments: EngineIsolation.allCases)
    func limits(isolation: EngineIsolation) async throws {
        let engines = try await Bench(isolation).catalog().engines
        #expect(RunnerConfiguration().engineLimits(of: engines, processors: 4) == ["declaring": 12])
        var configuration = RunnerConfiguration()
        configuration.engineOptions["declaring"] = ["max_concurrent_jobs": .value(.integer(5))]
        #expect(configuration.engineLimits(of: engines, processors: 4) == ["declaring": 5])
    }

    @Test("A batch may set what is declared for it, and nothing else", arguments: [
        (["step": EngineOption.value(.number(0.5)), "mode": .value(.string("exact"))], nil),
        (["threads": .value(.integer(2))], "config.simulation.bundle.threads: is not for a batch to set; the runner's configuration sets it"),
        (["step": .value(.string("x"))], "config.simulation.bundle.step: expected a number above 0 and of at most 10, found the quoted string 'x'"),
        (["stop": .value(.integer(2))], "config.simulation.bundle.stop: is not a field of the engine's options; did you mean 'step'?"),
    ] as [([String: EngineOption], String?)])
    func batch(options: [String: EngineOption], problem: String?) async throws {
        let engine = try #require(try await Bench(.inProcess).catalog().engine("declaring"))
        #expect(engine.declaration?.problem(withBatch: options) == problem)
    }

    @Test("An engine that declares nothing gets whatever is written", arguments: EngineIsolation.allCases)
    func free(isolation: EngineIsolation) async throws {
        let directory = try TemporaryDirectory()
        _ = try await EngineFixtures.fault(in: directory)
        let host = HostTable(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let catalog = EngineCatalog(
            searchPath: [directory.path], host: host.makeTable(), isolation: isolation == .process ? EngineFixtures.isolation() : nil)
        let file = try directory.write("r.yaml", "engines: [fault]\nengine_options: {fault: {anything: [1, {goes: here}]}}\n")
        let runner = RunnerProcess(try RunnerConfiguration.load(file: file, environment: [:], flags: [:]))
        let engines = try runner.select(from: catalog)
        #expect(engines.map(\.declaration) == [nil])
        #expect(EngineDescription(engines[0]).lines.last?.hasPrefix("does not declare its configuration") == true)
        #expect(EngineDescription(engines[0]).json["configuration"] == .null)
    }

    @Test(
        "The engines that come with the host declare all that their examples use, with documentation",
        arguments: ["basilisk", "command", "px4_sitl", "python"])
    func shipped(id: String) throws {
        let host = HostTable(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let engine = try #require(EngineCatalog(searchPath: [Repository.products], host: host.makeTable()).engine(id))
        let declaration = try #require(engine.declaration)
        #expect(declaration.keys.contains { $0.traits.contains(.entrypoint) || $0.traits.contains(.required) })
        for key in declaration.keys where key.isTop { #expect(key.documentation.hasSuffix("."), "\(key.key)") }
        #expect(Set(declaration.keys.map(\.key)).count == declaration.keys.count)
    }
}
