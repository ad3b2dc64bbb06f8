import RunnerHost
import Testing
import TestSupport

@Suite("The flags of runner-host")
struct ConfigurationFlagsTests {
    /// Those that stand for no field.
    private static let others: Set = ["--config", "--check-config", "--version", "--help"]

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

    @Test("A flag has its value behind it or after =, the last one counts, and --control-plane is a short name")
    func spellings() async throws {
        let end = try await Program.run(
            "runner-host", ["--log-level=debug", "--check-config", "--control-plane", "http://127.0.0.1:9", "--runner-name", "a", "--runner-name", "b=c"])
        #expect(end.exitCode == 0, "\(end.errors)")
        for line in ["log_level: debug", "control_plane_url: http://127.0.0.1:9", "runner_name: \"b=c\""] {
            #expect(end.outputLines.contains { $0.hasPrefix(line) }, "\(line)")
        }
    }

    @Test("A flag that is none, or has no value, is refused in one line", arguments: [
        (["--engnes", "basilisk"], "--engnes: is not a flag of the runner; did you mean --engines?"),
        (["--engnes=basilisk"], "--engnes: is not a flag of the runner; did you mean --engines?"),
        (["--engnes"], "--engnes: is not a flag of the runner; did you mean --engines?"),
        (["--engines"], "--engines: has no value; give one behind it"),
        (["--runner-name", "--log-level", "debug"], "--runner-name: has no value; give one behind it"),
        (["engines", "--engnes", "basilisk"], "--engnes: is not a flag of the runner; did you mean --engines?"),
    ])
    func refused(arguments: [String], message: String) async throws {
        let end = try await Program.run("runner-host", arguments)
        #expect(end.exitCode == 2)
        #expect(end.errorLines == ["runner-host: " + message])
    }
}
