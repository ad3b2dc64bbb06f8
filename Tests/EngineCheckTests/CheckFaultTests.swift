import EngineCheck
import Foundation
import TestSupport
import Testing

/// The checks against an engine that keeps every rule, and breaks one of them on demand.
@Suite("Checks of an engine")
struct CheckFaultTests {
    struct Report: Decodable {
        struct Entry: Decodable {
            var name: String
            var status: String
            var message: String?
        }
        var checks: [Entry]
    }

    static func engine(in directory: TemporaryDirectory, _ flags: [String] = []) async throws -> String {
        let target = directory.path + "/checked.so"
        let end = try await Program.run(
            "cc",
            ["-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden", "-I", Repository.path("Sources/EngineABI")] + flags
                + [Repository.path("Tests/Fixtures/checked_engine.c"), "-o", target, "-lcrypto", "-lm"])
        try #require(end.exitCode == 0, "\(end.errors)")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: target)
        return target
    }

    static func check(_ engine: String, _ arguments: [String], fault: String? = nil) async throws -> (Program.End, Report) {
        let end = try await Program.run(
            "runner-host", ["check-engine", engine, "--json", "--leak-jobs", "100"] + arguments, environment: ["LYNX_CHECK_FAULT": fault])
        return (end, try JSONDecoder().decode(Report.self, from: Data(end.output.utf8)))
    }

    @Test("An engine that keeps every rule passes all checks")
    func passes() async throws {
        let directory = try TemporaryDirectory()
        let (end, report) = try await Self.check(try await Self.engine(in: directory), [])
        let others = report.checks.filter { $0.status != "passed" && $0.status != "skipped" }
        #expect(others.isEmpty, "\(others)")
        #expect(report.checks.count == CheckTable.all.count)
        #expect(end.exitCode == 0)
    }

    @Test("It fails each check when it breaks that check's rule", arguments: CheckTable.all)
    func fails(check: Check) async throws {
        let directory = try TemporaryDirectory()
        let flags = ["library-exports-entry": ["-DEXPORTS_MORE"], "library-needs-nothing-of-host": ["-DWANTS_HOST"]][check.name] ?? []
        let engine = try await Self.engine(in: directory, flags)
        let (end, report) = try await Self.check(engine, ["--include", check.name], fault: check.name)
        let entry = try #require(report.checks.first)
        // Only root can make a disk that is full.
        if entry.status == "skipped", check.name == "full-disk", geteuid() != 0 { return }
        #expect(report.checks.count == 1 && entry.name == check.name)
        #expect(entry.status == (check.isAdvice ? "advice" : "failed"))
        #expect(entry.message?.isEmpty == false)
        #expect(end.exitCode == (check.isAdvice ? 0 : 1))
    }
}

extension Check: CustomTestStringConvertible {
    public var testDescription: String { name }
}
