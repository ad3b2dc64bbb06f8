import CLinux
import Foundation
import Support
import TestSupport
import Testing

@testable import RunnerHost

@Suite("A command that makes a bundle ready")
struct BundleCommandTests {
    private let directory: TemporaryDirectory

    init() throws {
        _ = lynx_set_child_subreaper()
        directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: directory.path + "/target", withIntermediateDirectories: true)
    }

    private func command(_ script: String, seconds: Int = 60, bytes: Int64 = 1 << 30) -> BundleCommand {
        BundleCommand(
            name: "building", script: script, variables: ["TARGET": directory.path + "/target", "GREETING": "hello"],
            workingDirectory: directory.path + "/target", target: directory.path + "/target", log: directory.path + "/log",
            limits: .init(seconds: seconds, bytes: bytes))
    }

    private func failure(_ command: BundleCommand) throws -> BundleError {
        try #require(throws: BundleError.self) { try command.run(failing: .bundle, isWanted: { true }) }
    }

    @Test("It runs in its folder with its variables, and both its streams are in the log") func runs() throws {
        let command = command("pwd; echo $GREETING >&2; echo made > made")
        try command.run(failing: .bundle, isWanted: { true })
        #expect(String(decoding: command.text, as: UTF8.self) == "\(directory.path)/target\nhello\n")
        #expect(try directory.read("target/made") == "made\n")
    }

    @Test("A failure is told by its code and last line, with the log") func fails() throws {
        let failure = try failure(command("echo working; echo 'no such compiler' >&2; exit 3"))
        #expect(failure.description == "building failed with exit code 3: no such compiler")
        #expect(failure.kind == .bundle && String(decoding: failure.log, as: UTF8.self) == "working\nno such compiler\n")
    }

    @Test("One that never ends is ended with all that it started") func endless() throws {
        let pipe = try NamedPipe(directory.path + "/alive")
        let failure = try failure(command("setsid sh -c 'exec 9>../alive; sleep 1000' & sleep 1000", seconds: 1))
        #expect(failure.description == "building took longer than 1 s, the limit of bundle_build_seconds on this runner")
        _ = pipe
        let left = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }.contains { pid in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")) == directory.path + "/target"
        }
        #expect(!left)
    }

    @Test("One that fills the disk is ended at its limit") func large() throws {
        let failure = try failure(command("while :; do head -c 1000000 /dev/zero >> big; done", bytes: 20_000_000))
        #expect(failure.description == "building has made more than 20000000 bytes, the limit of bundle_build_max_bytes on this runner")
        let quick = try self.failure(command("head -c 30000000 /dev/zero > quick", bytes: 20_000_000))
        #expect(quick.description.contains("bundle_build_max_bytes"))
    }

    @Test("One that nobody waits for any more is ended") func unwanted() throws {
        #expect(throws: CancellationError.self) { try command("sleep 1000").run(failing: .bundle, isWanted: { false }) }
    }
}
