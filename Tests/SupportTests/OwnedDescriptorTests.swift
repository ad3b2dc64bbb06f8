import Glibc
import Testing
import TestSupport

@testable import Support

@Suite("Files by descriptors")
struct OwnedDescriptorTests {
    @Test("What is written is read again: all of it, a part, and never more than allowed")
    func content() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("file")
        let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 * 31) }
        let file = try OwnedDescriptor.open(path, O_RDWR | O_CREAT | O_EXCL)
        try file.write(content, to: path)
        #expect(file.bytes(count: content.count + 1) == content)
        #expect(file.bytes(at: 199_999, count: 10) == [content[199_999]])
        #expect(file.bytes(at: 300_000, count: 10) == [])
        #expect(lseek(file.raw, 0, SEEK_SET) == 0)
        #expect(try file.readAll(of: path) == content)
        #expect(WholeFile.read(path) == content)
        #expect(WholeFile.read(path, atMost: content.count) == content)
        #expect(WholeFile.read(path, atMost: content.count - 1) == nil)
        #expect(FileStatus(path)?.permissions == 0o600)
    }

    @Test("A buffer is filled from an offset, and less only at the end")
    func buffers() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("file", "0123456789")
        let file = try OwnedDescriptor.open(path, O_RDONLY)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 1)
        defer { buffer.deallocate() }
        #expect(try file.read(at: 3, into: buffer, of: path) == 4)
        #expect(Array(buffer) == Array("3456".utf8))
        #expect(try file.read(at: 8, into: buffer, of: path) == 2)
        #expect(try file.read(at: 10, into: buffer, of: path) == 0)
        let folder = try OwnedDescriptor.open(directory.path, O_RDONLY | O_DIRECTORY)
        #expect(throws: FileError(operation: "read", path: "folder", code: EISDIR)) { try folder.readAll(of: "folder") }
    }

    @Test("No link is followed below a directory that is not trusted")
    func links() throws {
        let directory = try TemporaryDirectory()
        try directory.write("in/deep/file", "inside")
        symlink("deep", directory.file("in/link"))
        symlink("file", directory.file("in/deep/link"))
        func content(_ names: [String]) throws(FileError) -> [UInt8]? {
            try OwnedDescriptor.open(names, below: directory.file("in"), O_RDONLY).readAll(of: "a file")
        }
        #expect(try content(["deep", "file"]) == Array("inside".utf8))
        #expect(throws: FileError(operation: "open", path: "link", code: ENOTDIR)) { try content(["link", "file"]) }
        #expect(throws: FileError(operation: "open", path: "link", code: ELOOP)) { try content(["deep", "link"]) }
        #expect(throws: FileError(operation: "open", path: "none", code: ENOENT)) { try content(["deep", "none"]) }
    }
}
