import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("Studies of programs that know nothing of the runner", .timeLimit(.minutes(5)))
struct CommandStudyTests {
    private func value(_ result: JobResult, _ name: String) -> Double? { result.outputs?.first { $0.name == name }?.value ?? nil }

    @Test("Arguments, environment and files are filled, and results come from what the program leaves")
    func filledAndRead() async throws {
        let study = try CommandStudy(
            options: """
                command: "{working_directory}/sim --mass {parameters.mass_kg:%.3f} 'two words' {run_index}"
                env: {MODE: "{parameters.mode}", PORT: "{ports.gcs}"}
                ports: {gcs: auto}
                files:
                  - {template: case.in, to: in/case.txt}
                  - data
                  - {copy: table.txt, to: table.txt}
                run_config: {yaml: run.yaml, toml: run.toml, environment: SIM_, arguments: "--{name}={value}"}
                results:
                  - {json: result.json, values: {arguments: count, mass_g: deep.mass}, units: {mass_g: g}}
                  - {regex: 'port (?<port>\\d+)'}
                  - {key_value: stderr}
                """,
            programs: [
                "case.in": "mass {parameters.mass_kg:%.3f} {{kg}\n", "data/inner.txt": "42", "table.txt": "1 2",
                "sim": """
                    #!/bin/sh
                    test "$(cat in/case.txt)" = "mass $2 {kg}" || exit 3
                    test "$(cat data/inner.txt) $(cat table.txt)" = "42 1 2" || exit 4
                    test "$MODE $SIM_MODE $SIM_RUN_INDEX" = "fast fast $4" || exit 5
                    test "$6" = --mode=fast || exit 6
                    grep -q mass_kg run.yaml run.toml || exit 7
                    echo "port $PORT"
                    echo "level = 7" >&2
                    echo '{"count": '$#', "deep": {"mass": '$(echo "$2 * 1000" | bc)'}}' > result.json
                    """,
            ])
        let document = try await study.run()
        #expect(document.batch.status == .completed, "\(document.results.map { $0.errorMessage ?? "" })")
        for index in 0..<2 {
            let result = try document.result(index)
            #expect(value(result, "arguments") == 6)
            #expect((1000...2000).contains(try #require(value(result, "mass_g"))))
            #expect(result.outputs?.first { $0.name == "mass_g" }?.units == "g")
            #expect((20_000..<30_000).contains(try #require(value(result, "port"))))
            #expect(value(result, "level") == 7)
            // What the engine linked and copied is no file of the run; what it filled is.
            #expect(result.artifacts.map(\.path).sorted() == ["in/case.txt", "result.json", "run.toml", "run.yaml"])
        }
    }

    @Test("A program's name is looked for in the PATH that its process gets")
    func searchPath() async throws {
        let study = try CommandStudy(
            options: """
                command: own-simulator
                env: {PATH: "{working_directory}/tools:{env.PATH}"}
                results: {key_value: stdout}
                """,
            programs: ["tools/own-simulator": "#!/bin/sh\necho 'found = 1'\n"])
        let document = try await study.run()
        #expect(document.results.count == 2)
        for result in document.results { #expect(value(result, "found") == 1, "\(result.errorMessage ?? "")") }
    }

    @Test("A condition on what a program prints kills it, and nothing of it is left")
    func breachOfOutput() async throws {
        let study = try CommandStudy(
            options: """
                command: "{working_directory}/sim"
                telemetry: {from: stdout, units: {altitude: m}}
                """,
            programs: ["sim": "#!/bin/sh\necho starting\nfor i in 3 2 1 0; do echo '{\"time\": '$i', \"altitude\": '$i'}'; done\nexec sleep 1000\n"],
            batch: """
                early_termination:
                  enabled: true
                  check_frequency_hz: 0
                  conditions:
                    - {name: ground, description: It fell., variable: altitude, operator: lt, threshold: 1, units: m}
                """)
        let document = try await study.run()
        for result in document.results {
            #expect(result.metadata.outcome == .breach)
            #expect(result.errorMessage?.contains("'ground': altitude = 0 m < 1 m") == true, "\(result.errorMessage ?? "")")
            #expect(result.telemetryData["altitude"]?.values == [3, 2, 1, 0])
        }
        #expect(Simulations.running(below: study.directory.path).isEmpty)
    }

    @Test("Results are read from output that is longer than the log may be, also beside telemetry")
    func longOutput() async throws {
        let study = try CommandStudy(
            options: """
                command: "{working_directory}/sim"
                telemetry: {from: stdout}
                results: {regex: 'touchdown at (?<touchdown>\\d+)'}
                """,
            programs: [
                "sim": "#!/bin/sh\nseq -f '{\"time\": %g, \"s\": 3, \"pad\": \"\(String(repeating: "x", count: 600))\"}' 1 20000\necho touchdown at 5\n"
            ])
        let document = try await study.run()
        for result in document.results {
            #expect(value(result, "touchdown") == 5, "\(result.metadata.warnings) \(result.errorMessage ?? "")")
            #expect(result.telemetryData["s"]?.count == 20000)
        }
    }

    @Test("A server that ends with its command, while much of the telemetry is still to be read, is no fault")
    func serverEndsMeanwhile() async throws {
        let study = try CommandStudy(
            options: """
                servers: [{command: "{working_directory}/server", ready: {file: ready}}]
                command: "{working_directory}/sim"
                telemetry: {from: stdout}
                """,
            programs: [
                "server": "#!/bin/sh\ntouch ready\nuntil test -e over; do sleep 0.01; done\n",
                "sim": "#!/bin/sh\nseq -f '{\"time\": %g, \"s\": 3}' 1 60000\ntouch over\n",
            ])
        let document = try await study.run()
        for result in document.results {
            #expect(result.success, "\(result.errorMessage ?? "")")
            #expect(result.telemetryData["s"]?.count == 60000)
        }
    }

    @Test("One that prints without end does not hold up the others")
    func chatty() async throws {
        // The first ends when the others have, which it would not see if they had to wait for it.
        let study = try CommandStudy(
            options: """
                command: "{working_directory}/sim {run_index}"
                telemetry: {from: stdout}
                """,
            programs: [
                "sim": """
                    #!/bin/sh
                    cd "$(dirname "$0")"
                    if test "$1" != 0; then touch "done-$1"; exit; fi
                    until test -e done-1 && test -e done-2 && test -e done-3; do seq -f '{"time": %g, "s": 3}' 1 5000; sleep 0.05; done
                    """
            ], batch: "", runs: 4)
        let document = try await study.run()
        #expect(document.batch.status == .completed, "\(document.results.map { $0.errorMessage ?? "" })")
    }

    @Test("Telemetry from a table that grows is complete at the end, also if the last line has no end")
    func growingTable() async throws {
        let study = try CommandStudy(
            options: """
                command: "{working_directory}/sim"
                telemetry: {from: logs/flight.csv, variables: {alt: Altitude}, units: {alt: m}}
                """,
            programs: ["sim": "#!/bin/sh\nmkdir logs\n(echo Time,Altitude,V; for i in 1 2 3; do echo $i,$((i * 10)),0; done; printf 4,40,0) > logs/flight.csv\n"])
        let document = try await study.run()
        #expect(document.batch.status == .completed)
        for result in document.results {
            #expect(result.telemetryData["alt"]?.values == [10, 20, 30, 40])
            #expect(result.telemetryData["alt"]?.units == "m")
        }
    }

    @Test("Exit codes mean what the table says")
    func exitCodes() async throws {
        let study = try CommandStudy(
            options: """
                command: "{working_directory}/sim {run_index}"
                exit_codes: {success: [0, 10], failure: 11, invalid: 12, simulator_fault: [SIGSEGV, 70-79]}
                """,
            programs: ["sim": "#!/bin/sh\ncase $1 in 3) kill -SEGV $$;; *) exit 1$1;; esac\n"], runs: 4)
        let document = try await study.run()
        #expect(try document.result(0).success)
        #expect(try document.result(1).metadata.outcome == .failure)
        #expect(try document.result(1).errorMessage == "exit code 11")
        #expect(try document.result(2).errorMessage == "exit code 12")
        #expect(try document.result(3).metadata.outcome == .simulatorFault)
    }

    @Test("A server is waited for, and stopped by its signal when the command has ended")
    func server() async throws {
        let study = try CommandStudy(
            options: """
                command: "{working_directory}/client {ports.api}"
                ports: {api: auto}
                servers:
                  - {command: "{working_directory}/server {ports.api}", ready: {port: "{ports.api}"}, signal: SIGINT}
                results: {key_value: stdout}
                """,
            programs: [
                "server": """
                    #!\(Repository.python)
                    import socket, sys
                    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
                    try:
                        while True:
                            peer, _ = listener.accept()
                            peer.sendall(b"answer = 42")
                            peer.close()
                    except KeyboardInterrupt:
                        print("stopped by signal", flush=True)
                    """,
                "client": """
                    #!\(Repository.python)
                    import socket, sys
                    peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
                    print(peer.recv(100).decode())
                    """,
            ])
        let document = try await study.run()
        #expect(document.batch.status == .completed, "\(document.results.map { $0.errorMessage ?? "" })")
        for index in 0..<2 {
            #expect(value(try document.result(index), "answer") == 42)
            #expect(try study.file("server-1.stdout.log", of: index, document) == "stopped by signal\n")
        }
        #expect(Simulations.running(below: study.directory.path).isEmpty)
    }

    @Test("A server that does not become ready, or ends, is the simulator's fault and says why")
    func brokenServers() async throws {
        let options = """
            command: "true"
            servers: [{command: "{working_directory}/server", ready: {file: ready}, ready_timeout_seconds: 0.3, signal: SIGKILL}]
            """
        let late = try await CommandStudy(options: options, programs: ["server": "#!/bin/sh\nexec sleep 1000\n"], runs: 1).run()
        #expect(try late.result(0).metadata.outcome == .simulatorFault)
        #expect(try late.result(0).errorMessage?.contains("server 1 (server) was not ready after 0.3 s: there is no file") == true)
        let gone = try await CommandStudy(options: options, programs: ["server": "#!/bin/sh\necho no display >&2\nexit 3\n"], runs: 1).run()
        #expect(try gone.result(0).errorMessage == "server 1 (server) ended with exit code 3 before the command\nno display")
    }

    @Test("A command that does not end by itself is asked to once it says that it is done")
    func stopped() async throws {
        let study = try CommandStudy(
            options: """
                command: "{working_directory}/sim"
                stop: {when: {output: '^landed'}, signal: SIGTERM}
                results: {json: result.json}
                """,
            programs: ["sim": "#!/bin/sh\ntrap 'echo \"{\\\"x\\\": 1}\" > result.json; exit 143' TERM\necho landed\nwhile true; do sleep 0.05; done\n"])
        let document = try await study.run()
        #expect(document.batch.status == .completed)
        #expect(value(try document.result(0), "x") == 1)
        let killed = try CommandStudy(
            options: """
                command: "{working_directory}/sim"
                stop: {when: {output: '^landed'}}
                """,
            programs: ["sim": "#!/bin/sh\necho landed\nexec sleep 1000\n"])
        #expect(try await killed.run().batch.status == .completed)
    }

    @Test(
        "What is wrong with the options is told before anything runs",
        arguments: [
            ("command: no-such-program", "runner.yaml:5:14: engine_options.command.command: no program 'no-such-program' in PATH"),
            ("command: ./none", "no such file"), ("command: true {runindex}", "did you mean {run_index}"),
            (
                "command: 'true'\nfiles: [{template: case.in}]",
                "files[0].template: case.in:2:8: '{paramters.x}' is not a field; did you mean {parameters.x}"
            ),
            ("command: 'true'\nfiles: [none.txt]", "files[0]: no such file"), ("command: 'true'\nresult: {json: a}", "runner.yaml:6:5: engine_options.command.result: is not a field of the engine's options; did you mean 'results'?"),
        ])
    func wrongOptions(options: String, message: String) async throws {
        let study = try CommandStudy(options: options, programs: ["case.in": "a\nmass = {paramters.x}\n"])
        let end = try await study.end()
        #expect(end.exitCode == 2)
        #expect(end.errors.contains(message), "\(end.errors)")
    }

    @Test("A named scenario is a command of its own beside the others")
    func scenario() async throws {
        let study = try CommandStudy(
            options: "command: 'true'", programs: ["sim": "#!/bin/sh\ntest \"$1 $MODE\" = '2 slow' && echo x = 7\n"], runs: 2)
        let runner = try study.directory.read("runner.yaml") + """

            scenarios:
              slow:
                engine: command
                command: [./sim, "{parameters.mode}"]
                env: {MODE: slow}
                results: {key_value: stdout}
            """
        try study.directory.write("runner.yaml", runner)
        let batch = try study.directory.read("batch.yaml").replacing("type: command", with: "scenario: slow").replacing(
            "value: fast", with: "value: 2")
        try study.directory.write("batch.yaml", batch)
        let document = try await study.run()
        #expect(document.batch.status == .completed, "\(document.results.map { $0.errorMessage ?? "" })")
        #expect(value(try document.result(1), "x") == 7)
    }

    @Test("A field that the batch does not have fails the run without starting it, and is not tried again")
    func missingParameter() async throws {
        let study = try CommandStudy(
            options: """
                command: "{working_directory}/sim"
                files: [{template: case.in}]
                """,
            programs: ["case.in": "m {parameters.mas_kg}\n", "sim": "#!/bin/sh\ntouch started\n"], runs: 1)
        let document = try await study.run()
        let result = try document.result(0)
        #expect(result.errorMessage?.contains("files[0]: case.in:1:3: the run has no parameter 'mas_kg'") == true, "\(result.errorMessage ?? "")")
        #expect(result.errorMessage?.contains("did you mean 'mass_kg'?") == true)
        #expect(result.outputFiles.isEmpty)
    }
}
