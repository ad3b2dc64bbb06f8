import Foundation
import Testing
import TestSupport

@testable import LynxCLI

@Suite("The folder that files are downloaded into")
struct DownloadFolderTests {
    private let directory: TemporaryDirectory
    private let folder: DownloadFolder
    /// Of `hello`.
    private static let hash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

    init() throws {
        directory = try TemporaryDirectory()
        folder = try DownloadFolder(path: directory.file("new/folder"))
    }

    private func write(_ name: [String], _ text: String = "hello", sha256: String = hash) throws {
        let file = try folder.create(name)
        try Data(text.utf8).withUnsafeBytes { try file.write($0) }
        try file.finish(sha256: sha256)
    }

    @Test("A file is there when it is complete and right, and known by its content") func complete() throws {
        #expect(!folder.has(["a", "b"], size: 5, sha256: Self.hash))
        try write(["a", "b"])
        #expect(try directory.read("new/folder/a/b") == "hello")
        #expect(folder.has(["a", "b"], size: 5, sha256: Self.hash))
        #expect(!folder.has(["a", "b"], size: 4, sha256: Self.hash))
        try directory.write("new/folder/a/b", "hallo")
        #expect(!folder.has(["a", "b"], size: 5, sha256: Self.hash))
    }

    @Test("Of a file that is damaged or not finished nothing stays") func damaged() throws {
        #expect(throws: CLIError.self) { try write(["x"], "hallo") }
        do {
            let file = try folder.create(["y"])
            try Data("he".utf8).withUnsafeBytes { try file.write($0) }
        }
        #expect(try directory.names("new/folder") == [])
    }

    @Test("Nothing is written outside, whatever the path says", arguments: [[".."], ["a", "..", "b"], [""], ["a/b"], ["."], []])
    func outside(name: [String]) throws {
        #expect(throws: CLIError.self) { try folder.create(name) }
        #expect(try directory.names("new/folder") == [])
    }

    @Test("Links in the folder lead nowhere") func links() throws {
        try directory.write("outside/file", "mine")
        try FileManager.default.createSymbolicLink(atPath: directory.file("new/folder/job"), withDestinationPath: directory.file("outside"))
        #expect(throws: CLIError.self) { try write(["job", "file"]) }
        try FileManager.default.createSymbolicLink(atPath: directory.file("new/folder/file"), withDestinationPath: directory.file("outside/file"))
        try write(["file"])
        #expect(try directory.read("outside/file") == "mine")
        #expect(try directory.read("new/folder/file") == "hello")
    }
}
