import FoundationEssentials
import Logging
import LynxDocument
import LynxModel
import TestSupport
import Testing

@testable import RunnerHost

@Suite("The runner's configuration")
struct RunnerConfigurationTests {
    @Test("Without file, environment and flags every field has its default")
    func defaults() throws {
        let configuration = try RunnerConfiguration.load(file: nil, environment: ["PATH": "/bin"], flags: [:])
        #expect(configuration == RunnerConfiguration())
        #expect(configuration.engines == ["basilisk"])
        #expect(configuration.capabilities == ["basilisk"])
        #expect(configuration.pythonExecutable == "python3")
        #expect(configuration.engineFields == [:])
        #expect(configuration.outputRoot == ".lynx/runs")
        #expect(configuration.stateDirectory == ".lynx/runs/.runner")
        #expect(configuration.maxConcurrentJobs >= 1)
        #expect(configuration.controlPlaneURL == "http://127.0.0.1:8080")
        #expect(!configuration.runnerName.isEmpty)
        #expect(configuration.logCaptureBytes == 10 * 1024 * 1024)
        #expect(configuration.telemetryMaxMessageBytes == 4 * 1024 * 1024)
        #expect(configuration.telemetryMaxPoints == 10_000)
        #expect(configuration.logLevel == .info)
        #expect(RunnerField.all.allSatisfy { configuration.source(of: $0.key) == .default })
    }

    @Test("Defaults that follow from other fields follow the values in effect")
    func dependentDefaults() throws {
        let configuration = try RunnerConfiguration.load(
            file: nil, environment: ["LYNX_RUNNER_OUTPUT_ROOT": "/data/"], flags: ["engines": "basilisk, px4_sitl"])
        #expect(configuration.capabilities == ["basilisk", "px4_sitl"])
        #expect(configuration.stateDirectory == "/data/.runner")
        #expect(configuration.source(of: "capabilities") == .default)
        let set = try RunnerConfiguration.load(file: nil, environment: [:], flags: ["engines": "a", "capabilities": "b,c", "state_directory": "/s"])
        #expect(set.capabilities == ["b", "c"])
        #expect(set.stateDirectory == "/s")
    }

    @Test("Every field but the free-form ones has a variable and a flag of the same name", arguments: RunnerField.all.map(\.key))
    func names(key: String) throws {
        let field = try #require(RunnerField.all.first { $0.key == key })
        #expect(field.isFileOnly == ["engine_options", "scenarios"].contains(key))
        #expect(field.variable == (field.isFileOnly ? nil : "LYNX_RUNNER_\(key.uppercased())"))
        #expect(field.flag == (field.isFileOnly ? nil : "--\(key.replacing("_", with: "-"))"))
        #expect(field.documentation.hasSuffix("."))
        #expect(samples[key] != nil || field.isFileOnly)
    }

    @Test("The command line wins over the environment, that over the file, and that over the default", arguments: samples.keys.sorted())
    func precedence(key: String) throws {
        let values = try #require(samples[key])
        let field = try #require(RunnerField.all.first { $0.key == key })
        let (variable, flag) = (try #require(field.variable), try #require(field.flag))
        let file = try TemporaryFile("# comment\n\(key): \(values.file)\n")

        let fromFile = try RunnerConfiguration.load(file: file.path, environment: [:], flags: [:])
        #expect(field.show(fromFile) == values.file)
        #expect(fromFile.source(of: key) == .file(Mark(file: file.path, line: 2, column: 1)))

        let fromVariable = try RunnerConfiguration.load(file: file.path, environment: [variable: values.variable], flags: [:])
        #expect(field.show(fromVariable) == values.variableShown ?? values.variable)
        #expect(fromVariable.source(of: key) == .variable(variable))

        let fromFlag = try RunnerConfiguration.load(file: file.path, environment: [variable: values.variable], flags: [key: values.flag])
        #expect(field.show(fromFlag) == values.flagShown ?? values.flag)
        #expect(fromFlag.source(of: key) == .flag(flag))

        let withoutVariable = try RunnerConfiguration.load(file: file.path, environment: [:], flags: [key: values.flag])
        #expect(field.show(withoutVariable) == field.show(fromFlag))
        for other in RunnerField.all where other.key != key { #expect(fromFlag.source(of: other.key) == .default) }
    }

    @Test("A variable names the file when no flag does")
    func configVariable() throws {
        let (one, other) = (try TemporaryFile("max_concurrent_jobs: 3\n"), try TemporaryFile("max_concurrent_jobs: 5\n"))
        let environment = ["LYNX_RUNNER_CONFIG": one.path]
        #expect(try RunnerConfiguration.load(file: nil, environment: environment, flags: [:]).maxConcurrentJobs == 3)
        #expect(try RunnerConfiguration.load(file: other.path, environment: environment, flags: [:]).maxConcurrentJobs == 5)
    }

    @Test("Options of engines pass through with their types")
    func engineOptions() throws {
        let file = try TemporaryFile("engine_options:\n  basilisk: {threads: 2, gain: 0.5, fast: true, mode: \"1\"}\n  px4_sitl:\n    world: empty\n    default_params: {IMU_GYRO_CAL_EN: 0, SIH_MASS: 1.5}\n")
        let configuration = try RunnerConfiguration.load(file: file.path, environment: [:], flags: [:])
        #expect(
            configuration.engineOptions == [
                "basilisk": [
                    "threads": .value(.integer(2)), "gain": .value(.number(0.5)), "fast": .value(.bool(true)), "mode": .value(.string("1")),
                ],
                "px4_sitl": ["world": .value(.string("empty")), "default_params": .group(["IMU_GYRO_CAL_EN": .value(.integer(0)), "SIH_MASS": .value(.number(1.5))])],
            ])
    }

    @Test("A file of comments alone changes nothing", arguments: ["", "# nothing\n", "---\n"])
    func emptyFile(text: String) throws {
        let file = try TemporaryFile(text)
        #expect(try RunnerConfiguration.load(file: file.path, environment: [:], flags: [:]) == RunnerConfiguration())
    }

    @Test("The rendered configuration lists each value with its source, aligned")
    func rendered() throws {
        let file = try TemporaryFile("# c\nengines: [basilisk]\noutput_root: /data/lynx runs\n")
        let configuration = try RunnerConfiguration.load(
            file: file.path, environment: ["LYNX_RUNNER_LOG_LEVEL": "debug"], flags: ["max_concurrent_jobs": "3", "runner_name": "lab-1"])
        #expect(
            configuration.rendered() == """
                engines: [basilisk]                          # \(file.path):2
                capabilities: [basilisk]                     # default
                python_executable: python3                   # default
                warm_workers: true                           # default
                output_root: "/data/lynx runs"               # \(file.path):3
                working_directory: .                         # default
                max_concurrent_jobs: 3                       # --max-concurrent-jobs
                engine_path: []                              # default
                control_plane_url: http://127.0.0.1:8080     # default
                control_plane_ca_file: null                  # default
                enrollment_token_file: null                  # default
                runner_name: lab-1                           # --runner-name
                state_directory: "/data/lynx runs/.runner"   # default
                engine_call_timeout_seconds: 180             # default
                stop_grace_seconds: 5                        # default
                log_capture_bytes: 10485760                  # default
                telemetry_max_message_bytes: 4194304         # default
                telemetry_max_points: 10000                  # default
                private_dev_shm: false                       # default
                artifact_max_bytes: 17179869184              # default
                artifact_max_total_bytes: 68719476736        # default
                core_files: false                            # default
                keep_outputs: always                         # default
                log_level: debug                             # LYNX_RUNNER_LOG_LEVEL
                engine_options: {}                           # default
                scenarios: {}                                # default
                allow_bundles: false                         # default
                container_runtime: []                        # default
                container_arguments: []                      # default
                sandbox: false                               # default
                bundle_cache_max_bytes: 21474836480          # default
                bundle_build_seconds: 1800                   # default
                bundle_build_max_bytes: 8589934592           # default

                """)
    }

    @Test("The rendered configuration, read as a file, is the same configuration")
    func renderedIsReadable() throws {
        var configuration = RunnerConfiguration()
        configuration.engines = ["true", "1.5", "a-b"]
        configuration.capabilities = ["null"]
        configuration.runnerName = "a: b # \"c\" \\ é {x}, y"
        configuration.enginePath = ["/a b", "x,y", "-z", "@q", "c:", "[", "010", "1_000"]
        configuration.engineFields["basilisk_entrypoint"] = "null"
        configuration.engineOptions = [
            "x": [
                "tab\\": .value(.string("a\tb\nc\u{7F}")), "~": .value(.string("~")), "n": .value(.number(-1.5e-7)),
                "i": .value(.integer(.min)), "b": .value(.bool(false)), "e": .value(.string("")), "g": .group(["a b": .value(.integer(1))]), "h": .group([:]),
            ]
        ]
        configuration.scenarios = [
            "orbit": ScenarioSpec(
                engine: "basilisk", entrypoint: "a b.py", workingDirectory: "/w", pythonExecutable: "python3.11", variables: ["A": "1"],
                options: ["warm_check_every": .value(.integer(3))]),
            "shell": ScenarioSpec(engine: "command", options: ["command": .list([.value(.string("./run")), .value(.string("{x}"))])]),
        ]
        let file = try TemporaryFile(configuration.rendered())
        var read = try RunnerConfiguration.load(file: file.path, environment: [:], flags: [:])
        read.sources = [:]
        #expect(read == configuration)
    }

    @Test("Every configuration file of the repository is valid")
    func repositoryFiles() throws {
        let files = try yamlFiles(in: "configs")
        #expect(!files.isEmpty)
        for path in files {
            #expect(throws: Never.self, "\(path)") { try RunnerConfiguration.load(file: path, environment: [:], flags: [:]) }
        }
    }

    @Test("The Basilisk example sets what the tutorial needs")
    func example() throws {
        let configuration = try RunnerConfiguration.load(
            file: Repository.path("configs/lynx-runner-basilisk.yaml"), environment: [:], flags: [:])
        #expect(configuration.engines == ["basilisk"])
        #expect(configuration.pythonExecutable == ".venv/bin/python")
        #expect(configuration.engineFields["basilisk_entrypoint"] == "scenarios/aerospace/python/scenario_basic_orbit_lynx.py")
        #expect(configuration.maxConcurrentJobs == 2)
    }
}

/// Values of a field in the three places, as `rendered()` shows them where that differs from how they are given.
private struct Sample {
    var file: String
    var variable: String
    var flag: String
    var variableShown: String?
    var flagShown: String?

    init(_ file: String, _ variable: String, _ flag: String, shown: (String, String)? = nil) {
        (self.file, self.variable, self.flag) = (file, variable, flag)
        (variableShown, flagShown) = (shown?.0, shown?.1)
    }
}

private let samples: [String: Sample] = [
    "engines": Sample("[a, b]", "c", "d, e", shown: ("[c]", "[d, e]")),
    "capabilities": Sample("[]", "a,b", "", shown: ("[a, b]", "[]")),
    "python_executable": Sample("/f/python", "/v/python", "python3.11"),
    "warm_workers": Sample("false", "true", "false"),
    "output_root": Sample("/f", "/v", "g"),
    "working_directory": Sample("/f", "/v", ".."),
    "max_concurrent_jobs": Sample("3", "4", "4096"),
    "engine_path": Sample("[/f, g]", "/v", "/w,/x y", shown: ("[/v]", "[/w, \"/x y\"]")),
    "control_plane_url": Sample("http://f:1", "https://v.example/lynx/", "http://[::1]:8080", shown: ("https://v.example/lynx", "\"http://[::1]:8080\"")),
    "control_plane_ca_file": Sample("a.pem", "b.pem", "c.pem"),
    "enrollment_token_file": Sample("a.token", "b.token", "c.token"),
    "runner_name": Sample("f", "the lab's", "2", shown: ("\"the lab's\"", "\"2\"")),
    "state_directory": Sample("/f", "/v", "g"),
    "engine_call_timeout_seconds": Sample("2", "1", "86400"),
    "stop_grace_seconds": Sample("2", "0", "3600"),
    "log_capture_bytes": Sample("0", "1", "1099511627776"),
    "telemetry_max_message_bytes": Sample("1024", "4096", "1073741824"),
    "telemetry_max_points": Sample("1", "2", "3"),
    "private_dev_shm": Sample("true", "false", "true"),
    "allow_bundles": Sample("true", "false", "true"),
    "container_runtime": Sample("[podman]", "/usr/bin/podman", "podman,a b", shown: ("[/usr/bin/podman]", "[podman, \"a b\"]")),
    "container_arguments": Sample("[\"--pid=host\"]", "-v", "-a,-b", shown: ("[\"-v\"]", "[\"-a\", \"-b\"]")),
    "sandbox": Sample("true", "false", "true"),
    "bundle_cache_max_bytes": Sample("1048576", "2000000", "3000000"),
    "bundle_build_seconds": Sample("1", "2", "3"),
    "bundle_build_max_bytes": Sample("1048576", "2000000", "3000000"),
    "artifact_max_bytes": Sample("0", "1", "1125899906842624"),
    "artifact_max_total_bytes": Sample("2", "3", "1125899906842624"),
    "core_files": Sample("true", "false", "true"),
    "keep_outputs": Sample("failed", "never", "failed"),
    "log_level": Sample("trace", "debug", "critical"),
]
