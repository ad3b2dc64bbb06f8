import EngineABI
import Foundation
import TestSupport
import Testing

@Suite("The layout of the ABI")
struct LayoutTests {
    private static let versions = ["1.0", "1.1", "1.2", "1.3", "1.4"]
    private static let today = Repository.path("Sources/EngineABI")
    private static func recorded(_ version: String) -> String { Repository.path("Tests/Fixtures/EngineABI/\(version)") }

    private static func headers(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".h") }.sorted()
    }

    private static func layout(of folder: String) async throws -> HeaderLayout { try await HeaderLayout(of: folder, try headers(in: folder)) }

    @Test("Today's structs have the recorded sizes and offsets; a new field or struct is added to the record, nothing else ever changes")
    func layout() async throws {
        let path = Repository.path("Tests/Fixtures/EngineABI/layout.txt")
        let layout = try await Self.layout(of: Self.today)
        #expect(layout.text == (try? String(contentsOfFile: path, encoding: .utf8)), "the layout now:\n\(layout.text)")
    }

    @Test("Structs of a recorded version are the beginning of today's, and with them of every version between", arguments: versions)
    func growth(version: String) async throws {
        let old = try await Self.layout(of: Self.recorded(version))
        let new = try await Self.layout(of: Self.today)
        #expect(!old.structs.isEmpty)
        for one in old.structs {
            let same = try #require(new.structs.first { $0.name == one.name })
            #expect(same.fields.prefix(one.fields.count) == one.fields[...], "\(one.name)")
            #expect(same.size >= one.size)
            // Without a size first, nobody could tell the old one from the new one.
            if one.fields.first?.name != "struct_size" { #expect(same == one) }
        }
    }

    @Test("Constants of a recorded version have the same values today", arguments: versions)
    func constants(version: String) throws {
        let old = try constants(of: Self.recorded(version)), new = try constants(of: Self.today)
        #expect(old.count > 10)
        for (name, value) in old where name != "LYNX_ABI_MINOR" { #expect(new[name] == value, "\(name)") }
    }

    @Test("The header that stands for the present version has its number", arguments: versions)
    func numbers(version: String) throws {
        let constants = try constants(of: Self.recorded(version))
        #expect("\(constants["LYNX_ABI_MAJOR"] ?? "").\(constants["LYNX_ABI_MINOR"] ?? "")" == version.replacing(".", with: "u.") + "u")
    }

    @Test("The engines that come with the host export their entry and nothing else", arguments: ["Basilisk", "Command", "PX4SITL", "Python"])
    func symbols(engine: String) async throws {
        let listed = try await Command.run("nm", ["-D", "--defined-only", Repository.products + "/lib\(engine)Engine.so"])
        var names: [Substring] = []
        for line in listed.output.split(separator: "\n") {
            let fields = line.split(separator: " ")
            // Those of small letters are bound inside, whether they are listed or not.
            if let name = fields.last, fields.count == 3, fields[1].first?.isUppercase == true { names.append(name) }
        }
        #expect(names == ["lynx_engine_entry"])
    }

    /// Macros and enumerators with a value, of all headers in a folder.
    private func constants(of folder: String) throws -> [String: String] {
        var found: [String: String] = [:]
        let texts = try Self.headers(in: folder).map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
        let text = texts.joined().replacing(/\/\*[\s\S]*?\*\//, with: "")
        for match in text.matches(of: /#define (LYNX_\w+) (\S+)/) { found[String(match.1)] = String(match.2) }
        for match in text.matches(of: /(LYNX_\w+) = (\d+)/) { found[String(match.1)] = String(match.2) }
        return found
    }
}
