import Foundation
import Testing
import TestSupport

@testable import RunnerHost

@Suite("Finding engines")
struct EngineCatalogTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func refusal(of name: String) -> EngineRefusal? {
        EngineFixtures.catalog([directory.path]).refused.first { $0.path.hasSuffix("/" + name) }?.reason
    }

    @Test("A library dropped into the search path is found by its own id, whatever its file is called")
    func dropIn() async throws {
        let path = try await EngineFixtures.fault(in: directory, as: "whatever.so")
        let catalog = EngineFixtures.catalog([directory.path])
        let engine = try #require(catalog.engine("fault"))
        #expect(engine.path == path && engine.version == "1.2.3" && engine.abi == "1.4" && engine.displayName == "Fault engine")
        #expect(catalog.refused.isEmpty)
        #expect(catalog.listing() == ["ID     VERSION  ABI  FILE", "fault  1.2.3    1.4  \(path)"])
    }

    @Test("The engine that ships is found, and asks for its scenario")
    func basilisk() throws {
        let catalog = EngineFixtures.catalog([Repository.products])
        let engine = try #require(catalog.engine("basilisk"), "\(catalog.listing())")
        let failure = #expect(throws: EngineFailure.self) { try engine.configure(["python_executable": "python3"]) }
        #expect(failure?.message == "basilisk_entrypoint: missing; give the path of the Python scenario that each job runs")
        let missing = #expect(throws: EngineFailure.self) {
            try engine.configure(["python_executable": "/no/python", "basilisk_entrypoint": "x.py"])
        }
        #expect(missing?.message == "python_executable: no such file '/no/python'; give the path of a program or a name in PATH")
    }

    @Test("Of two engines with one id the first in the search path counts")
    func duplicates() async throws {
        let other = try TemporaryDirectory()
        let first = try await EngineFixtures.fault(in: directory)
        let second = try await EngineFixtures.fault(in: other)
        let catalog = EngineFixtures.catalog([directory.path, other.path])
        #expect(catalog.engines.map(\.path) == [first])
        #expect(catalog.refused.map(\.path) == [second])
        #expect(catalog.refused.first?.reason == .duplicate(id: "fault", of: first))
    }

    @Test("One file reached by two names is one engine")
    func sameFileTwice() async throws {
        let path = try await EngineFixtures.fault(in: directory)
        try FileManager.default.createSymbolicLink(atPath: directory.path + "/zlink.so", withDestinationPath: path)
        let catalog = EngineFixtures.catalog([directory.path, directory.path + "/", directory.path])
        #expect(catalog.engines.count == 1 && catalog.refused.isEmpty)
    }

    @Test("What is no library, and what exports no entry, is refused as not an engine")
    func notAnEngine() async throws {
        try directory.write("text.so", "just text")
        _ = try await EngineFixtures.library("int other(void) { return 1; }\n", in: directory, as: "other.so")
        #expect(refusal(of: "text.so") == .notALibrary)
        #expect(refusal(of: "other.so") == .noEntrySymbol)
    }

    @Test("An engine of another major version is refused")
    func otherMajor() async throws {
        let source = """
            #include "engine_abi.h"
            LYNX_EXPORT const lynx_engine *lynx_engine_entry(const lynx_host *host, uint32_t abi_major) {
                (void)host;
                return abi_major == 99 ? (const lynx_engine *)1 : NULL;
            }
            """
        _ = try await EngineFixtures.library(source, in: directory, as: "future.so")
        #expect(refusal(of: "future.so") == .otherMajor)
    }

    @Test("An engine with a short table, missing functions or a bad id breaks the ABI", arguments: [
        ("static lynx_engine e = {.struct_size = 16};", "its table has 16 bytes"),
        ("static lynx_engine e = {.struct_size = sizeof e, .abi_major = 1};", "a function is missing"),
    ])
    func malformed(table: String, reason: String) async throws {
        let source = """
            #include "engine_abi.h"
            \(table)
            LYNX_EXPORT const lynx_engine *lynx_engine_entry(const lynx_host *host, uint32_t abi_major) {
                (void)host, (void)abi_major;
                return &e;
            }
            """
        _ = try await EngineFixtures.library(source, in: directory, as: "bad.so")
        guard case .malformed(let found) = refusal(of: "bad.so") else {
            Issue.record("not refused as malformed")
            return
        }
        #expect(found.contains(reason))
    }

    @Test("An id with other characters than the allowed ones is refused")
    func badID() async throws {
        _ = try await EngineFixtures.fault(in: directory, as: "id.so", id: "Not/allowed")
        #expect(refusal(of: "id.so") == .malformed("its id 'Not/allowed' is not made of lower-case letters, digits, '_' and '-'"))
    }

    @Test("A library with unresolved symbols is refused with the name of the symbol")
    func unresolved() async throws {
        let source = """
            #include "engine_abi.h"
            extern int not_to_be_found_anywhere(void);
            LYNX_EXPORT const lynx_engine *lynx_engine_entry(const lynx_host *host, uint32_t abi_major) {
                (void)host, (void)abi_major;
                return not_to_be_found_anywhere() ? NULL : NULL;
            }
            """
        _ = try await EngineFixtures.library(source, in: directory, as: "loose.so")
        guard case .unresolved(let reason) = refusal(of: "loose.so") else {
            Issue.record("not refused as unresolved")
            return
        }
        #expect(reason.contains("not_to_be_found_anywhere"))
    }

    @Test("A library that others may write, or in a directory that others may write, is refused before its code runs")
    func writableByOthers() async throws {
        let path = try await EngineFixtures.fault(in: directory)
        for mode in [0o775, 0o757] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            #expect(refusal(of: "libFault.so") == .writableByOthers(path))
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: directory.path)
        #expect(refusal(of: "libFault.so") == .writableByOthers(directory.path))
    }

    @Test("A link does not hide that others may write where the library really is")
    func linkedFromAnOpenDirectory() async throws {
        let open = try TemporaryDirectory()
        let path = try await EngineFixtures.fault(in: open)
        try FileManager.default.createSymbolicLink(atPath: directory.path + "/link.so", withDestinationPath: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: open.path)
        #expect(refusal(of: "link.so") == .writableByOthers(open.path))
    }

    @Test("A folder further up that belongs to somebody else, or that others may write, is refused: the rest could be exchanged")
    func openFurtherUp() async throws {
        let outer = directory.path + "/outer", inner = directory.path + "/outer/engines"
        try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
        let path = try await EngineFixtures.fault(in: directory)
        try FileManager.default.moveItem(atPath: path, toPath: inner + "/libFault.so")
        try FileManager.default.createSymbolicLink(atPath: directory.path + "/link", withDestinationPath: inner)
        func reasons() -> [EngineRefusal] { [inner, directory.path + "/link"].flatMap { EngineFixtures.catalog([$0]).refused.map(\.reason) } }
        #expect(reasons().isEmpty)
        chmod(outer, 0o777)
        #expect(reasons() == [.writableByOthers(outer), .writableByOthers(outer)])
        // As /tmp is: others may add names there, but not exchange this user's.
        chmod(outer, 0o1777)
        #expect(reasons().isEmpty)
        chmod(inner, 0o1777)
        #expect(reasons() == [.writableByOthers(inner), .writableByOthers(inner)])
    }

    @Test("A link that leads up again finds the same folders: one like /tmp is none that the library itself lies in")
    func linkUpwards() async throws {
        let outer = directory.path + "/outer", inner = outer + "/engines", links = outer + "/links"
        for folder in [inner, links] { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
        let path = try await EngineFixtures.fault(in: directory)
        try FileManager.default.moveItem(atPath: path, toPath: inner + "/libFault.so")
        try FileManager.default.createSymbolicLink(atPath: links + "/link.so", withDestinationPath: "../engines/libFault.so")
        try FileManager.default.createSymbolicLink(atPath: inner + "/link.so", withDestinationPath: "../engines/../engines/libFault.so")
        chmod(outer, 0o1777)
        #expect(EngineFixtures.catalog([links]).engines.map(\.path) == [links + "/link.so"])
        #expect(EngineFixtures.catalog([inner]).refused.isEmpty)
        try FileManager.default.moveItem(atPath: inner + "/libFault.so", toPath: outer + "/libFault.so")
        try FileManager.default.createSymbolicLink(atPath: links + "/up.so", withDestinationPath: "../libFault.so")
        #expect(EngineFixtures.catalog([links]).refused.map(\.reason).contains(.writableByOthers(outer)))
    }

    @Test("A folder or a link of another user on the way is refused", .enabled(if: geteuid() == 0, "giving files to others needs root"))
    func foreignFurtherUp() async throws {
        let outer = directory.path + "/outer", inner = directory.path + "/outer/engines"
        try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
        let path = try await EngineFixtures.fault(in: directory)
        try FileManager.default.moveItem(atPath: path, toPath: inner + "/libFault.so")
        let link = directory.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: inner)
        chown(outer, 4711, 4711)
        #expect(EngineFixtures.catalog([inner]).refused.map(\.reason) == [.foreignOwner(outer)])
        #expect(EngineFixtures.catalog([link]).refused.map(\.reason) == [.foreignOwner(outer)])
        chown(outer, 0, 0)
        lchown(link, 4711, 4711)
        #expect(EngineFixtures.catalog([link]).refused.map(\.reason) == [.foreignOwner(link)])
        #expect(EngineFixtures.catalog([inner]).engines.map(\.id) == ["fault"])
    }

    @Test("Settings reach the engine, and its refusal comes back as it said it")
    func configure() async throws {
        _ = try await EngineFixtures.fault(in: directory)
        let engine = try #require(EngineFixtures.catalog([directory.path]).engine("fault"))
        try engine.configure(["python_executable": "python3"])
        let failure = #expect(throws: EngineFailure.self) { try engine.configure(["refuse": "yes"]) }
        #expect(failure?.message == "refuse: set, so this configuration is refused" && failure?.isRetryable == false)
    }
}
