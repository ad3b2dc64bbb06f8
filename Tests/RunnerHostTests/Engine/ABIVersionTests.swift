import EngineABI
import Foundation
import LynxModel
import TestSupport
import Testing

@testable import RunnerHost

@Suite("Engines built with the header of another version run in this host", .timeLimit(.minutes(5)))
struct ABIVersionTests {
    private static let engine = Repository.path("Tests/Fixtures/abi_engine.c")

    private func run(_ headers: String, _ flags: [String] = [], in isolation: EngineIsolation, minor: Int) async throws {
        let directory = try TemporaryDirectory()
        _ = try await EngineCompiler.compile(Self.engine, flags, headers: headers, to: directory.path + "/libABI.so")
        let bench = try AttemptBench(directory, ("abi", ["some": "setting"]), in: directory.path, isolation: isolation)
        let report = await bench.run(bench.assignment(type: "abi"))
        #expect(report.result.success, "\(report.result.errorMessage ?? "")")
        #expect(report.result.outputFiles.map { ($0 as NSString).lastPathComponent } == ["seen.txt"])
        let text = try report.result.outputFiles.first.map { try String(contentsOfFile: $0, encoding: .utf8) }
        #expect(text == "engine 1.\(minor) host 1.\(LYNX_ABI_MINOR)\n")
    }

    @Test("Of an earlier version", arguments: 0...4, EngineIsolation.allCases)
    func earlier(minor: Int, isolation: EngineIsolation) async throws {
        try await run(Repository.path("Tests/Fixtures/EngineABI/1.\(minor)"), in: isolation, minor: minor)
    }

    @Test("Of a later version, whose structs are all longer", arguments: EngineIsolation.allCases)
    func later(isolation: EngineIsolation) async throws {
        let folder = try TemporaryDirectory()
        for name in try FileManager.default.contentsOfDirectory(atPath: Repository.path("Sources/EngineABI")) where name.hasSuffix(".h") {
            let text = try String(contentsOfFile: Repository.path("Sources/EngineABI/\(name)"), encoding: .utf8)
            try folder.write(name, LaterHeader.made(of: text))
        }
        try await run(folder.path, ["-DMADE_UP"], in: isolation, minor: 9)
    }
}

/// A header as a version 1.9 might have it: every struct that grows has grown.
private enum LaterHeader {
    static func made(of text: String) -> String {
        text.replacing(/#define LYNX_ABI_MINOR \d+u/, with: "#define LYNX_ABI_MINOR 9u")
            .replacing(/(struct \w+ \{\s*uint32_t struct_size;[\s\S]*?\n)\}/) { "\($0.1)    uint64_t made_up_numbers[16];\n    int made_up;\n}" }
    }
}
