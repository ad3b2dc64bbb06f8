import LynxDocument
import LynxModel
import RunnerHost
import Testing

@Suite("What is wrong with a configuration")
struct RunnerConfigurationDiagnosticTests {
    @Test("All that is wrong in file, environment and flags is reported at once, each where it was written")
    func allAtOnce() throws {
        let file = try TemporaryFile(
            """
            engines: basilisk
            max_concurrent_jobs: "2"
            output_root: ~/runs
            control_plane_url: ftp://host
            log_level: verbose
            engine_options: {basilisk: {a: null}, "b c": {}}
            engines: [a]
            """)
        let error = try #require(throws: DiagnosticList.self) {
            try RunnerConfiguration.load(
                file: file.path,
                environment: ["LYNX_RUNNER_MAX_CONCURRENT_JOBS": "many", "LYNX_RUNNER_ENGINE_OPTIONS": "{}", "LYNXRUNNER": "x"],
                flags: ["max_concurrent_jobs": "0", "engines": "a,,b"])
        }
        let lines = error.description.replacing(file.path, with: "r.yaml").split(separator: "\n")
        #expect(
            Set(lines) == [
                "--engines: is blank; give some text",
                "--max-concurrent-jobs: 0 is out of range; give a whole number from 1 to 4096",
                "LYNX_RUNNER_ENGINE_OPTIONS: can only be set in the configuration file; write it there",
                "LYNX_RUNNER_MAX_CONCURRENT_JOBS: expected a whole number from 1 to 4096, found 'many'",
                "r.yaml:1:10: engines: expected a list of identifiers, found the string 'basilisk'; write [a, b], or one '- item' per line",
                "r.yaml:2:22: max_concurrent_jobs: expected a whole number from 1 to 4096, found the quoted string '2'; remove the quotes",
                "r.yaml:3:14: output_root: '~' is not expanded here; write the path out",
                "r.yaml:4:20: control_plane_url: 'ftp://host' is not an HTTP URL; write it like http://127.0.0.1:8080",
                "r.yaml:5:12: log_level: 'verbose' is not known; give one of trace, debug, info, notice, warning, error, critical",
                "r.yaml:6:32: engine_options.basilisk.a: is empty; give a number, a string, true or false",
                "r.yaml:6:39: engine_options.'b c': 'b c' is not an identifier; use letters, digits, '_', '-' and '.'",
                "r.yaml:7:1: engines: is given a second time, first on line 1; keep one of the two",
            ])
        #expect(error.diagnostics.map(\.mark) == error.diagnostics.map(\.mark).sorted())
    }

    @Test(
        "A bad value of the environment is one line that begins with its name",
        arguments: [
            ("MAX_CONCURRENT_JOBS", "", "is empty; give a whole number from 1 to 4096"),
            ("MAX_CONCURRENT_JOBS", "2.0", "expected a whole number from 1 to 4096, found '2.0'; write 2"),
            ("MAX_CONCURRENT_JOBS", "1_000", "'1_000' has separators between its digits; write 1000"),
            ("MAX_CONCURRENT_JOBS", "-1", "-1 is out of range; give a whole number from 1 to 4096"),
            ("ENGINES", "", "is an empty list; give at least 1"),
            ("ENGINES", "a,a", "'a' is listed twice; list it once"),
            ("ENGINES", "../x", "'../x' is not an identifier; use letters, digits, '_', '-' and '.'"),
            ("PYTHON_EXECUTABLE", "", "is blank; give some text"),
            ("OUTPUT_ROOT", "a\nb", "spans lines or contains control characters; give one line"),
            ("CONTROL_PLANE_URL", "127.0.0.1:8080", "'127.0.0.1:8080' is not an HTTP URL; write it like http://127.0.0.1:8080"),
            ("CONTROL_PLANE_URL", "http://", "'http://' is not an HTTP URL; write it like http://127.0.0.1:8080"),
            ("CONTROL_PLANE_URL", "http://a:70000", "has no port from 1 to 65535; write it like http://127.0.0.1:8080"),
            ("CONTROL_PLANE_URL", "http://user:secret@a", "carries a user or password; remove it"),
            ("CONTROL_PLANE_URL", "http://a/?q=1", "carries a query or fragment; remove it"),
            ("LOG_LEVEL", "warn", "'warn' is not known; give one of trace, debug, info, notice, warning, error, critical"),
            ("LOG_LEVEL", "debgu", "'debgu' is not known; did you mean 'debug'? It is one of trace, debug, info, notice, warning, error, critical"),
            ("TELEMETRY_MAX_MESSAGE_BYTES", "10", "10 is out of range; give a whole number from 1024 to 1073741824"),
        ])
    func environment(name: String, value: String, message: String) throws {
        let error = try #require(throws: DiagnosticList.self) {
            try RunnerConfiguration.load(file: nil, environment: ["LYNX_RUNNER_\(name)": value], flags: [:])
        }
        #expect(error.description == "LYNX_RUNNER_\(name): \(message)")
    }

    @Test("A value that is overridden is still checked")
    func overridden() throws {
        let error = try #require(throws: DiagnosticList.self) {
            try RunnerConfiguration.load(file: nil, environment: ["LYNX_RUNNER_LOG_LEVEL": "loud"], flags: ["log_level": "info"])
        }
        #expect(error.diagnostics.map(\.mark.file) == ["LYNX_RUNNER_LOG_LEVEL"])
    }

    @Test("A missing file is one line, wherever its name came from")
    func missing() throws {
        let line = "/nonexistent/r.yaml: there is no such file; check the path"
        let byFlag = try #require(throws: DiagnosticList.self) {
            try RunnerConfiguration.load(file: "/nonexistent/r.yaml", environment: [:], flags: [:])
        }
        #expect(byFlag.description == line)
        let byVariable = try #require(throws: DiagnosticList.self) {
            try RunnerConfiguration.load(file: nil, environment: ["LYNX_RUNNER_CONFIG": "/nonexistent/r.yaml"], flags: [:])
        }
        #expect(byVariable.description == line)
    }
}
