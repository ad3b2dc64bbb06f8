import Command
import LynxDocument
import LynxModel
import TestSupport
import Testing

@testable import CommandDocument

@Suite("Options of the command engine")
struct CommandOptionsTests {
    private func options(_ text: String) throws -> CommandOptions { try yaml(text).read(as: .commandOptions) }

    private func problem(_ text: String) throws -> String {
        try failure { _ = try options(text) }.lines.joined(separator: "\n")
    }

    @Test("A command alone is enough, as one line or as a list")
    func shortest() throws {
        let line = try options("command: ./sim --mass {parameters.mass_kg}")
        let list = try options("command: [./sim, --mass, '{parameters.mass_kg}']")
        #expect(line == list)
        #expect(line.command.count == 3)
    }

    @Test("All options are read")
    func complete() throws {
        let options = try options(
            """
            command: [sim]
            directory: /tmp
            env: {N: 1, SEED: "{seed}"}
            files:
              - model.xml
              - {copy: tables, to: data/tables}
              - {template: case.in, to: case.txt, delimiters: ["<<", ">>"]}
              - {text: "m = {parameters.m}", to: m.txt}
            run_config: {yaml: run.yaml, environment: SIM_, arguments: "--{name}={value}"}
            ports: {gcs: auto, api: 14550-14650}
            exit_codes: {success: [0, 3], simulator_fault: [SIGSEGV, 70-79], invalid: 64}
            results:
              - {json: result.json, values: {peak: a.b}, units: {peak: m}}
              - {regex: 'speed (?<speed>\\S+)'}
            telemetry: {from: flight.csv, time: Time}
            servers:
              - {command: "gz sim", ready: {port: "{ports.api}"}, signal: SIGINT, grace_seconds: 2}
            stop: {when: {output: done}}
            """)
        #expect(options.files.count == 4)
        #expect(options.files[0].target == nil)
        #expect(options.ports == ["gcs": .auto, "api": .range(14550...14650)])
        #expect(options.exitCodes.meaning(code: 3, signal: nil) == .success)
        #expect(options.exitCodes.meaning(code: 72, signal: nil) == .simulatorFault)
        #expect(options.exitCodes.meaning(code: nil, signal: 11) == .simulatorFault)
        #expect(options.exitCodes.meaning(code: 64, signal: nil) == .invalid)
        #expect(options.exitCodes.meaning(code: 1, signal: nil) == .failure)
        #expect(options.exitCodes.meaning(code: nil, signal: 9) == .failure)
        #expect(options.telemetry.map(\.format) == [.csv])
        #expect(options.results.map(\.values) == [["peak": "a.b"], [:]])
        #expect(options.servers[0].stop.signal == .interrupt)
    }

    @Test(
        "What is wrong is told with its place",
        arguments: [
            ("comand: x", "t.yaml:1:1: comand: is not a field of the engine's options; did you mean 'command'?"),
            ("command: x\nfiles:\n  - {template: a.in, txet: b}", "t.yaml:3:22: files[0].txet: is not a field"),
            ("command: x\nenv:\n  SEED: '{sed}'", "t.yaml:3:9: env.SEED: '{sed}' is not a field; did you mean {seed}"),
            ("command: x {ports.gcs}", "'{ports.gcs}' names no port; add ports: {gcs: auto}"),
            ("command: x\nresults: {json: a, csv: b}", "csv: comes with json; a source has one format"),
            ("command: x\nresults: {regex: '(a)'}", "has no named group"), ("command: x\nresults: {regex: '(?<a>'}", "is not a regular expression"),
            ("command: x\nexit_codes: {failure: 300}", "'300' is no end of a program"),
            ("command: x\nexit_codes: {failure: SIGSEV}", "did you mean SIGSEGV?"),
            ("command: x\nexit_codes: {success: [0, 4], failure: 3-5}", "failure: has an end that success has too"),
            ("command: x\ntelemetry: {from: stdout, format: xml}", "is not known; give one of json_lines, csv"),
            ("command: x\nfiles: [{text: a}]", "files[0].to: is missing"), ("command: ''", "is blank"), ("command: []", "is an empty list"),
            ("command: a | b", "which only a shell understands"), ("command: x\nports: {a: 5}", "expected auto or a range"),
            ("command: x\nservers: [{ready: {port: 1}}]", "servers[0].command: is missing"),
            ("command: x\nstop: {signal: SIGINT}", "stop.when: is missing"),
        ])
    func wrong(text: String, message: String) throws {
        let problem = try problem(text)
        #expect(problem.contains(message), "\(problem)")
    }

    @Test("Every option has a description in the schema")
    func schema() {
        let parts = SchemaParts(prefix: "#/$defs/")
        let properties = FieldType<CommandOptions>.commandOptions.schema(parts)["properties"].object
        #expect(properties.keys.contains("command") && properties.keys.contains("telemetry"))
        #expect(properties.values.allSatisfy { $0["description"].string != nil })
    }
}
