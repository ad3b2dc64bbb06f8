import Glibc
import LynxModel
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
        func provenance() -> Provenance {
            code.provenance(engine: directory.file("engine.so"), files: ["basilisk_entrypoint": directory.file("scenario.py")])
        }
        let first = provenance()
        #expect(first.hostVersion == LynxVersion.current && first.engineSHA256 == SHA256.hash(Array("engine".utf8)).hexadecimal)
        #expect(first.files == ["basilisk_entrypoint": SHA256.hash(Array("x = 1\n".utf8)).hexadecimal])
        #expect(provenance() == first)
        try directory.write("scenario.py", "x = 2\n")
        #expect(provenance().files == ["basilisk_entrypoint": SHA256.hash(Array("x = 2\n".utf8)).hexadecimal])
        #expect(provenance().engineSHA256 == first.engineSHA256)
    }

    @Test("What is no regular file, or is not there, is left out, and a pipe holds nothing up")
    func leftOut() throws {
        let directory = try TemporaryDirectory()
        try directory.write("target", "content")
        #expect(mkfifo(directory.file("pipe"), 0o600) == 0 && symlink("target", directory.file("link")) == 0)
        let files = ["folder": directory.path, "pipe": directory.file("pipe"), "gone": directory.file("gone"), "link": directory.file("link")]
        let found = CodeFiles().provenance(engine: directory.file("gone.so"), files: files)
        #expect(found.engineSHA256 == nil && found.files == ["link": SHA256.hash(Array("content".utf8)).hexadecimal])
    }
}
