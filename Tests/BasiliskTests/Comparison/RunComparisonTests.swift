import Foundation
import TestSupport
import Testing

@testable import Basilisk

@Suite("What runs leave, compared")
struct RunComparisonTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A run that has left these files.
    private func run(
        _ name: String, _ files: [String: String], end: String = "exit code 0", telemetry: [String: SeriesDigest] = [:], errors: String = ""
    ) throws -> RunRecord {
        let name = "\(name)-\(UUID())"
        try FileManager.default.createDirectory(atPath: "\(directory.path)/\(name)/output", withIntermediateDirectories: true)
        for (file, text) in files {
            let path = "\(directory.path)/\(name)/output/\(file)"
            try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: false, encoding: .utf8)
        }
        let log = try directory.write("\(name)/stderr.log", errors)
        return RunRecord(output: "\(directory.path)/\(name)/output", logs: ["stderr.log": log], end: end, telemetry: telemetry)
    }

    private let comparison = RunComparison(ignoredNames: ["took_s"])

    private func differences(_ one: [String: String], _ other: [String: String]) throws -> [String] {
        comparison.differences(try run("a", one), try run("b", other)).sorted().map(\.description)
    }

    @Test("Files are the same when their bytes are, JSON when its values are")
    func same() throws {
        #expect(try differences(["x.json": #"{"a": 1, "b": 2, "took_s": 3}"#, "d/e": "1"], ["x.json": #"{"b":2,"a":1,"took_s":4}"#, "d/e": "1"]) == [])
    }

    @Test("A difference is named as far as the format tells")
    func named() throws {
        #expect(try differences(["x.json": #"{"a": [{"b": NaN}]}"#], ["x.json": #"{"a": [{"b": 1}]}"#]) == ["a/*/b in x.json"])
        #expect(try differences(["t.csv": "time,x\n0,1\n1,2\n"], ["t.csv": "time,x\n0,1\n1,3\n"]) == ["column x of t.csv"])
        #expect(try differences(["t.csv": "0,1\n1,2\n"], ["t.csv": "0,1\n1,3\n"]) == ["column 2 of t.csv"])
        #expect(try differences(["t.csv": "a,b\n\"x,1\",2\n"], ["t.csv": "a,b\n\"x,2\",2\n"]) == ["column a of t.csv"])
        #expect(try differences(["t.csv": "a,b\n1,2\n"], ["t.csv": "a,b\n1,2\n3,4\n"]) == ["t.csv"])
        #expect(try differences(["t.csv": "a,b\n1,2\n"], ["t.csv": "a,b\n1\n"]) == ["t.csv"])
        #expect(try differences(["plot.png": "1"], ["plot.png": "2"]) == ["plot.png"])
        #expect(try differences(["broken.json": "{"], ["broken.json": "{{"]) == ["broken.json"])
        #expect(try differences(["one": ""], ["other": ""]) == ["the presence of file one", "the presence of file other"])
    }

    @Test("A link is told by where it leads, and not followed")
    func links() throws {
        let (one, other) = (try run("a", [:]), try run("b", [:]))
        try FileManager.default.createSymbolicLink(atPath: one.output + "/l", withDestinationPath: "/nowhere")
        try FileManager.default.createSymbolicLink(atPath: other.output + "/l", withDestinationPath: "/elsewhere")
        #expect(comparison.differences(one, other).map(\.description) == ["l"])
        try FileManager.default.removeItem(atPath: other.output + "/l")
        try "x".write(toFile: other.output + "/l", atomically: false, encoding: .utf8)
        #expect(comparison.differences(one, other).map(\.description) == ["l"])
    }

    @Test("How runs end, what they print and their telemetry are compared too")
    func others() throws {
        let series = SeriesDigest(bytes: [1], hasFractions: true)
        let one = try run("a", [:], telemetry: ["alt [km]": series, "v": series], errors: "hello")
        let other = try run("b", [:], end: "signal 9", telemetry: ["alt [km]": SeriesDigest(bytes: [2], hasFractions: true), "w": series])
        #expect(
            comparison.differences(one, other).sorted().map(\.description)
                == ["how the run ends", "stderr.log", "telemetry of alt [km]", "telemetry of v", "telemetry of w"])
    }

    @Test("What differs between cold runs explains the same difference, and all below it, and nothing else")
    func explained() {
        func place(_ name: String, _ path: String) -> Place { Place(kind: .file, name: name, path: path) }
        let known = [place("a.json", "/x"), place("b.png", ""), Place(kind: .telemetry, name: "v")]
        let found: Set = [
            place("a.json", "/x"), place("a.json", "/x/y"), place("a.json", "/xy"), place("a.json", ""), place("b.png", ""), place("c.png", ""),
            Place(kind: .telemetry, name: "v"), Place(kind: .telemetry, name: "w"), Place(kind: .names, name: "new"),
        ]
        #expect(
            RunComparison.unexplained(found, by: known)
                == [place("a.json", "/xy"), place("a.json", ""), place("c.png", ""), Place(kind: .telemetry, name: "w"), Place(kind: .names, name: "new")])
        #expect(RunComparison.unexplained([Place(kind: .names, name: "log-12")], by: [Place(kind: .names, name: "log-7")]).isEmpty)
    }

    private func shared(_ file: String, cold: [String], warm: [String]) throws -> String? {
        let (before, after) = (
            try cold.enumerated().map { try run("cold\($0.offset)", [file: $0.element]) },
            try warm.enumerated().map { try run("warm\($0.offset)", [file: $0.element]) }
        )
        let known = comparison.differences(before[0], before[1])
        #expect(!known.isEmpty)
        return SharedChance(cold: before, warm: after).find(in: known)?.description
    }

    @Test("What every fresh process draws anew and all copies have in common is found", arguments: [
        ("s.json", [#"{"a": 0.52341}"#, #"{"a": 0.11234}"#], #"{"a": 0.99321}"#, "a in s.json"),
        ("s.json", [#"{"a": ["7f3a91", 1]}"#, #"{"a": ["22b0c4", 1]}"#], #"{"a": ["9d0e7b", 1]}"#, "a/0 in s.json"),
        ("s.json", [#"{"a": 812345678901234567}"#, #"{"a": 112345678901234567}"#], #"{"a": 712345678901234567}"#, "a in s.json"),
        ("t.csv", ["t,n\n0,0.12345\n", "t,n\n0,0.54321\n"], "t,n\n0,0.67891\n", "column n (row 2) of t.csv"),
        ("noise.bin", [String(repeating: "a", count: 100), String(repeating: "b", count: 100)], String(repeating: "c", count: 100), "noise.bin"),
    ])
    func chance(file: String, cold: [String], warm: String, place: String) throws {
        #expect(try shared(file, cold: cold, warm: [warm, warm, warm]) == place)
        // One that differs shows that it is drawn in each.
        #expect(try shared(file, cold: cold, warm: [warm, cold[0], warm]) == nil)
    }

    @Test("What is rounded, short, or comes out twice among fresh processes says nothing", arguments: [
        ("s.json", [#"{"took": 0.12}"#, #"{"took": 0.13}"#], #"{"took": 0.02}"#), ("s.json", [#"{"pid": 12345}"#, #"{"pid": 12346}"#], #"{"pid": 99999}"#),
        ("s.json", [#"{"ok": true}"#, #"{"ok": false}"#], #"{"ok": true}"#), ("s.json", [#"{"a": "ab"}"#, #"{"a": "cd"}"#], #"{"a": "ef"}"#),
        ("took.txt", ["0.31\n", "0.29\n"], "0.05\n"),
    ])
    func noChance(file: String, cold: [String], warm: String) throws {
        #expect(try shared(file, cold: cold, warm: [warm, warm, warm]) == nil)
    }

    @Test("Telemetry that every fresh process sends otherwise and all copies alike is found")
    func sharedTelemetry() throws {
        func run(_ byte: UInt8, fractions: Bool = true) throws -> RunRecord {
            try self.run("\(byte)", [:], telemetry: ["noise": SeriesDigest(bytes: [byte], hasFractions: fractions)])
        }
        let place = Place(kind: .telemetry, name: "noise")
        #expect(SharedChance(cold: [try run(1), try run(2)], warm: [try run(3), try run(3)]).find(in: [place]) == place)
        #expect(SharedChance(cold: [try run(1), try run(2)], warm: [try run(3), try run(4)]).find(in: [place]) == nil)
        #expect(SharedChance(cold: [try run(1), try run(2)], warm: [try run(3, fractions: false), try run(3, fractions: false)]).find(in: [place]) == nil)
    }
}
