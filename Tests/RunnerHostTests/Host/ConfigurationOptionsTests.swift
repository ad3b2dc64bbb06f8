import RunnerHost
import Testing
import TestSupport

@Suite("The options of runner-host")
struct ConfigurationOptionsTests {
    /// Those that stand for no field.
    private static let others: Set = ["--config", "--control-plane", "--check-config", "--version", "--help"]

    @Test("Each field of the configuration has its option, and there are no others")
    func help() async throws {
        let end = try await Program.run("runner-host", ["--help"])
        #expect(end.exitCode == 0)
        var offered: [String] = []
        for line in end.outputLines where line.hasPrefix("  -") {
            // Names come first; a description or what continues one is further right.
            let words = line.split(separator: " ", omittingEmptySubsequences: true).map { $0.hasSuffix(",") ? $0.dropLast() : $0 }
            offered += words.prefix { $0.hasPrefix("-") }.filter { $0.hasPrefix("--") }.map(String.init)
        }
        #expect(offered.sorted() == (RunnerField.all.compactMap(\.flag) + Self.others).sorted())
    }

    @Test("Each option sets its own field")
    func values() async throws {
        let values = [
            "engines": "basilisk", "capabilities": "basilisk", "python_executable": "/bin/python", "basilisk_entrypoint": "scenario.py",
            "warm_workers": "false",
            "px4_binary": "/px4/bin/px4", "px4_etc": "/px4/etc", "px4_entrypoint": "mission.py",
            "output_root": "/out", "working_directory": "/work", "max_concurrent_jobs": "3", "engine_path": "/engines",
            "control_plane_url": "http://127.0.0.1:9", "control_plane_ca_file": "/ca.pem",
            "enrollment_token_file": "/enroll.token", "runner_name": "lab", "state_directory": "/state", "engine_call_timeout_seconds": "9",
            "log_capture_bytes": "4", "telemetry_max_message_bytes": "2048", "telemetry_max_points": "5", "private_dev_shm": "true",
            "artifact_max_bytes": "17", "artifact_max_total_bytes": "18", "core_files": "true", "keep_outputs": "failed",
            "log_level": "debug",
        ]
        let fields = RunnerField.all.filter { !$0.isFileOnly }
        #expect(Set(values.keys) == Set(fields.map(\.key)))
        let arguments = fields.flatMap { [$0.flag ?? "", values[$0.key] ?? ""] }
        let end = try await Program.run("runner-host", ["--check-config"] + arguments)
        #expect(end.exitCode == 0, "\(end.errors)")
        for field in fields {
            let flag = try #require(field.flag)
            let value = try #require(values[field.key])
            let line = try #require(end.outputLines.first { $0.hasPrefix(field.key + ": ") })
            #expect(line.contains(value) && line.hasSuffix("# \(flag)"), "\(line)")
        }
    }
}
