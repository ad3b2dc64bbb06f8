import Foundation
import Glibc
import LynxModel
import Support
import TestSupport
import Testing

@testable import RunnerHost

@Suite("What an attempt runs with")
struct ProvenanceTests {
    @Test("A record of an environment names every variable; secrets are masked by name, by value and in addresses")
    func environment() {
        let variables = [
            "PATH": "/bin", "API_TOKEN": "abc", "aws_secret_access_key": "s3cr3t-value", "PGPASSWORD": "hunter22", "DB": "postgres://me:pw@host/x",
            "DATABASE": "user=me password=hunter22", "NOTE": "runner-credential-1 is mine", "LINES": "a\nb", "LYNX_RUNNER_X": "1", "TETRYX_X": "2",
            "TMPDIR": "/tmp/1",
        ]
        let record = EnvironmentRecords.record(of: variables, secrets: ["runner-credential-1"])
        #expect(
            record.text == """
                API_TOKEN=***
                DATABASE=user=me password=***
                DB=postgres://me:***@host/x
                LINES=a\\nb
                NOTE=*** is mine
                PATH=/bin
                PGPASSWORD=***
                aws_secret_access_key=***

                """)
        #expect(record.sha256 == SHA256.hash(Array(record.text.utf8)).hexadecimal)
    }

    @Test("A long environment is cut to what a record may have")
    func longEnvironment() {
        let record = EnvironmentRecords.record(of: ["A": String(repeating: "x", count: 1 << 20)], secrets: [])
        #expect(record.text.utf8.count <= ProvenanceRecord.mostBytes && record.text.hasPrefix("A=xxx"))
    }

    @Test("The words of a command that name files are hashed, relative to the working directory and from PATH; templates are not")
    func command() throws {
        let directory = try TemporaryDirectory()
        try directory.write("sim.py", "pass\n")
        try directory.write("tool", "#!/bin/sh\n")
        chmod(directory.file("tool"), 0o755)
        let settings = [
            "command.0": "tool", "command.1": "sim.py", "command.2": "{parameters.x}", "command.3": "--fast", "working_directory": directory.path,
            "env.PATH": directory.path,
        ]
        #expect(SettingFiles.paths(settings) == ["command.0": directory.file("tool"), "command.1": directory.file("sim.py")])
        let line = ["command": "./tool 'sim.py' {x}", "files.0.template": "sim.py", "results.json": "out.json", "working_directory": directory.path]
        let found = SettingFiles.paths(line).mapValues { $0.split(separator: "/").last.map(String.init) }
        #expect(found == ["command.0": "tool", "command.1": "sim.py", "files.0.template": "sim.py"])
    }

    @Test("An interpreter is asked once, and again after a distribution was installed for it")
    func interpreter() throws {
        let directory = try TemporaryDirectory()
        func install(_ name: String, _ version: String) throws {
            let folder = "\(name)-\(version).dist-info"
            try FileManager.default.createDirectory(atPath: directory.file(folder), withIntermediateDirectories: false)
            try directory.write("\(folder)/METADATA", "Metadata-Version: 2.1\nName: \(name)\nVersion: \(version)\n")
        }
        try install("orbit-models", "1.2")
        let settings = ["python_executable": "/usr/bin/python3", "env.PYTHONPATH": directory.path]
        let interpreters = Interpreters()
        func known() -> Interpreters.Answer? { if case .known(let answer) = interpreters.look(settings) { answer } else { nil } }
        #expect(known() == nil)
        let first = try #require(interpreters.ask(settings, CodeFiles()))
        #expect(first.provenance.version.hasPrefix("CPython 3.") && first.provenance.path == "/usr/bin/python3")
        #expect(first.distributions.contains("orbit-models==1.2\n"))
        #expect(first.provenance.distributions == SHA256.hash(Array(first.distributions.utf8)).hexadecimal)
        #expect(known()?.provenance == first.provenance)
        try install("frames", "0.1")
        #expect(known() == nil)
        let second = try #require(interpreters.ask(settings, CodeFiles()))
        #expect(second.distributions.contains("frames==0.1\n") && second.provenance.distributions != first.provenance.distributions)
    }

    @Test("A command without Python has no interpreter, and one that is no Python does not answer")
    func noInterpreter() throws {
        let directory = try TemporaryDirectory()
        try directory.write("python3", "#!/bin/sh\nexit 3\n")
        chmod(directory.file("python3"), 0o755)
        let interpreters = Interpreters()
        #expect(interpreters.ask(["command.0": "/bin/true", "python_executable": "/usr/bin/python3"], CodeFiles()) == nil)
        let broken = ["python_executable": directory.file("python3")]
        #expect(interpreters.ask(broken, CodeFiles()) == nil)
        // It is not asked for every job.
        guard case .known(nil) = interpreters.look(broken) else { return #expect(Bool(false), "it is asked again") }
    }

    @Test("This machine names its kernel, processor and C library")
    func machine() {
        let machine = MachineProvenance.current
        #expect(machine.kernel.hasPrefix("Linux ") && !machine.cpu.isEmpty && machine.libc.hasPrefix("glibc 2."))
    }

    @Test("Records of a batch are sent until they were delivered, and then no more")
    func deliveredOnce() {
        var delivered = DeliveredRecords()
        let record = ProvenanceRecord(sha256: "aa", text: "x")
        #expect(delivered.lacks(record, of: "batch"))
        delivered.add([record], of: "batch")
        #expect(!delivered.lacks(record, of: "batch") && delivered.lacks(record, of: "other"))
        for number in 0..<300 { delivered.add([record], of: "batch-\(number)") }
        #expect(delivered.lacks(record, of: "batch"))
    }
}
