import Glibc
import Support
import TestSupport
import Testing

@testable import RunnerHost

@Suite("The code that an attempt runs with")
struct CodeFilesTests {
    @Test("Files are told by the hash of what is in them when the attempt begins, also after a change that leaves their size")
    func hashes() throws {
        let directory = try TemporaryDirectory()
        try directory.write("engine.so", "engine")
        try directory.write("scenario.py", "x = 1\n")
        let code = CodeFiles()
        func digest() -> String? { code.digest(of: directory.file("scenario.py")) }
        #expect(code.digest(of: directory.file("engine.so")) == SHA256.hash(Array("engine".utf8)).hexadecimal)
        #expect(digest() == SHA256.hash(Array("x = 1\n".utf8)).hexadecimal)
        #expect(digest() == SHA256.hash(Array("x = 1\n".utf8)).hexadecimal)
        try directory.write("scenario.py", "x = 2\n")
        #expect(digest() == SHA256.hash(Array("x = 2\n".utf8)).hexadecimal)
    }

    @Test("What is no regular file, or is not there, is left out, and a pipe holds nothing up")
    func leftOut() throws {
        let directory = try TemporaryDirectory()
        try directory.write("target", "content")
        #expect(mkfifo(directory.file("pipe"), 0o600) == 0 && symlink("target", directory.file("link")) == 0)
        let code = CodeFiles()
        for path in [directory.path, directory.file("pipe"), directory.file("gone")] { #expect(code.digest(of: path) == nil) }
        #expect(code.digest(of: directory.file("link")) == SHA256.hash(Array("content".utf8)).hexadecimal)
    }
}
