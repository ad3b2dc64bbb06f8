import Foundation
import Glibc
import TestSupport
import Testing

@testable import EngineKit

@Suite("Files beside an engine or the host")
struct EngineFolderTests {
    private let directory: TemporaryDirectory
    /// The directory's path without links.
    private let place: String

    init() throws {
        directory = try TemporaryDirectory()
        place = URL(filePath: directory.path).resolvingSymlinksInPath().path
    }

    @Test("The spawner is found beside the program, by its absolute path without links")
    func spawner() throws {
        let found = try #require(EngineFolder.file("lynx-spawner"))
        let real = try #require(realpath(Repository.products + "/lynx-spawner", nil))
        defer { free(real) }
        #expect(found == String(cString: real))
        #expect(EngineFolder.file("no-such-file") == nil)
    }

    @Test("A program knows its file whatever it was started by: a name in PATH, a link, or /proc/self/exe", arguments: ["path", "link", "self"])
    func executable(way: String) async throws {
        let main = "#include \"CLinux.h\"\n#include <stdio.h>\n#include <unistd.h>\n"
            + "int main(int count, char **words) {\nchar path[4096];\nif (count > 1) return execv(\"/proc/self/exe\", (char *[]){\"/proc/self/exe\", NULL});\n"
            + "(void)words;\nif (lynx_library_path(path, sizeof path) != 0) return 1;\nputs(path);\nreturn 0;\n}\n"
        let source = try directory.write("main.c", main)
        let folder = place + "/bin"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let compiled = try await Command.run(
            "cc", ["-I", Repository.path("Sources/CLinux/include"), source, Repository.path("Sources/CLinux/CLinux.c"), "-o", folder + "/probe"])
        try #require(compiled.exitCode == 0, "\(compiled.errors)")
        // What a relative name would lead to.
        _ = try directory.write("probe", "")
        try FileManager.default.createSymbolicLink(atPath: place + "/link", withDestinationPath: folder + "/probe")
        let words = ["path": "PATH='\(folder)' exec probe", "link": "exec ./link", "self": "exec bin/probe again"]
        let end = try await Command.run("/bin/sh", ["-c", "cd '\(place)' && \(try #require(words[way]))"])
        #expect(end.exitCode == 0 && end.output == folder + "/probe\n", "\(end.output)\(end.errors)")
    }

    private func makeFiles() throws {
        for folder in ["engines", "files"] {
            try FileManager.default.createDirectory(atPath: "\(place)/\(folder)", withIntermediateDirectories: false)
            // Whatever the umask is.
            chmod("\(place)/\(folder)", 0o755)
        }
        _ = try directory.write("files/helper", "", mode: 0o755)
    }

    @Test("A link is followed, and what is returned leads through none")
    func link() throws {
        try makeFiles()
        try FileManager.default.createSymbolicLink(atPath: place + "/engines/helper", withDestinationPath: "../files/helper")
        #expect(EngineFolder.file("helper", beside: place + "/engines/engine.so") == place + "/files/helper")
    }

    @Test("What others may replace is not used, wherever on its path that is", arguments: ["files/helper", "files", "engines", ""])
    func refused(writable: String) throws {
        try makeFiles()
        try FileManager.default.createSymbolicLink(atPath: place + "/engines/helper", withDestinationPath: place + "/files/helper")
        let library = place + "/engines/engine.so"
        #expect(EngineFolder.file("helper", beside: library) != nil)
        let path = "\(place)/\(writable)"
        chmod(path, 0o777)
        defer { chmod(path, 0o755) }
        #expect(EngineFolder.file("helper", beside: library) == nil)
    }
}
