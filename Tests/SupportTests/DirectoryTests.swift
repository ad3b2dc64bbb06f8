import Glibc
import Testing
import TestSupport

@testable import Support

@Suite("Directories")
struct DirectoryTests {
    @Test("The names of a directory come in order, and hidden ones only where they are wanted")
    func names() throws {
        let directory = try TemporaryDirectory()
        for name in ["b", "a", ".hidden"] { try directory.write(name, "") }
        #expect(try Directory.names(in: directory.path) == [".hidden", "a", "b"])
        #expect(Directory.visibleNames(in: directory.path) == ["a", "b"])
        #expect(Directory.visibleNames(in: directory.file("none")) == [])
        #expect(throws: FileError(operation: "list", path: directory.file("none"), code: ENOENT)) {
            try Directory.names(in: directory.file("none"))
        }
        #expect(throws: FileError(operation: "list", path: directory.file("a"), code: ENOTDIR)) {
            try Directory.names(in: directory.file("a"))
        }
    }

    @Test("Names that are not UTF-8 are read as bytes, each time from the beginning, and no more than asked for")
    func rawNames() throws {
        let directory = try TemporaryDirectory()
        let name: [UInt8] = [0x61, 0xFF]
        let folder = try OwnedDescriptor.open(directory.path, O_RDONLY | O_DIRECTORY)
        _ = try OwnedDescriptor.open(name.map { CChar(bitPattern: $0) } + [0], in: folder, O_WRONLY | O_CREAT)
        for _ in 0..<2 { #expect(try Directory.rawNames(in: folder, of: directory.path) == [name]) }
        try directory.write("b", "")
        #expect(try Directory.rawNames(in: folder, of: directory.path, atMost: 1).count == 1)
    }

    @Test("A directory is made with those above it, and one that is there stays")
    func make() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a/b/c")
        for _ in 0..<2 { try Directory.make(path) }
        #expect(FileStatus(path)?.permissions == 0o700)
        try directory.write("file", "")
        #expect(throws: FileError.self) { try Directory.make(directory.file("file/d")) }
    }
}
