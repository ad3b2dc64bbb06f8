import Foundation
import Glibc
import TestSupport
import Testing

@testable import RunnerHost

@Suite("The removal of a directory")
struct DirectoryRemovalTests {
    /// Runs where permissions count, also if the test is run by root: a thread that touches files as another user may only do
    /// what that user may (setfsuid(2)).
    private func asOrdinaryUser<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                if geteuid() == 0 { _ = Self.setfsuid(65534) }
                continuation.resume(returning: body())
            }
        }
    }

    /// Of sys/fsuid.h, which Swift's Glibc overlay lacks.
    private static let setfsuid = unsafeBitCast(dlsym(nil, "setfsuid"), to: (@convention(c) (UInt32) -> Int32).self)

    private func make(_ script: String, in directory: TemporaryDirectory) async throws {
        let end = try await Program.run("bash", ["-ec", script], in: directory.path)
        #expect(end.exitCode == 0, "\(end.errors)")
        if geteuid() == 0 {
            let own = try await Program.run("chown", ["-hR", "65534", "."], in: directory.path)
            #expect(own.exitCode == 0, "\(own.errors)")
        }
    }

    @Test("Names that are no UTF-8, links, sockets and locked folders go; what links lead to stays")
    func oddities() async throws {
        let directory = try TemporaryDirectory()
        try await make(
            """
            mkdir -p outside out/a/b out/locked/inner out/shut
            echo keep > outside/file
            echo x > $'out/a/na\\xffme'; mkdir $'out/\\xfe'; echo x > $'out/\\xfe/y'
            ln -s ../outside out/link; ln -s ../../outside/file out/a/link; mkfifo out/a/fifo
            echo x > out/locked/inner/file; echo x > out/shut/file
            chmod 0500 out/locked/inner out/locked; chmod 0 out/shut out/a/b
            chmod 0755 . outside
            """, in: directory)
        let path = directory.file("out")
        let gone = await asOrdinaryUser { try? DirectoryRemoval.remove(path) }
        #expect(gone == true)
        #expect(try directory.names() == ["outside"])
        #expect(try directory.read("outside/file") == "keep\n")
    }

    @Test("Nesting deeper than there may be descriptors is no obstacle")
    func depth() async throws {
        let directory = try TemporaryDirectory()
        // A shell looks at the whole path for each step.
        let nest = "import os\nos.mkdir('out')\nos.chdir('out')\nfor _ in range(3000):\n    os.mkdir('d')\n    open('file', 'w').close()\n    os.chdir('d')"
        try await make("'\(Repository.python)' -c '\(nest.replacingOccurrences(of: "'", with: "\""))'", in: directory)
        let path = directory.file("out")
        #expect(await asOrdinaryUser { try? DirectoryRemoval.remove(path) } == true)
        #expect(try directory.names() == [])
    }

    @Test("What is kept stays where it is, with the modes of its folders")
    func keeping() async throws {
        let directory = try TemporaryDirectory()
        try await make(
            "mkdir -p out/a/b out/c out/d; touch out/a/b/keep out/a/b/go out/a/go out/c/go; chmod 0500 out/a/b out/a out/c; chmod 0755 .", in: directory)
        let path = directory.file("out")
        let gone = await asOrdinaryUser { try? DirectoryRemoval.remove(path) { path, _ in path == Array("a/b/keep".utf8) } }
        #expect(gone == false)
        let left = try await Program.run("find", ["out", "-printf", "%P %m\n"], in: directory.path)
        #expect(Set(left.outputLines) == [" 755", "a 500", "a/b 500", "a/b/keep 644"])
    }

    @Test("A directory that is not there is gone")
    func missing() throws {
        #expect(try DirectoryRemoval.remove(try TemporaryDirectory().file("none")))
    }
}
