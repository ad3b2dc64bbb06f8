import Testing
import TestSupport

@testable import Support

@Suite("Output of programs", .timeLimit(.minutes(1)))
struct ProgramOutputTests {
    private func output(_ script: String, atMost limit: Int = 1 << 20) -> [UInt8]? {
        ProgramOutput.of("/bin/sh", ["-c", script], atMost: limit)
    }

    @Test("A program's standard output is read, and nothing else")
    func output() {
        #expect(output("printf one; printf two >&2") == Array("one".utf8))
        #expect(output("cat") == [])
    }

    @Test("A program that fails, or is not there, has no output")
    func failures() {
        #expect(output("echo one; exit 3") == nil)
        #expect(output("kill -9 $$") == nil)
        #expect(ProgramOutput.of("/nonexistent", [], atMost: 10) == nil)
    }

    @Test("A program with more output than allowed is not waited for")
    func limits() {
        #expect(output("printf 12345", atMost: 5) == Array("12345".utf8))
        #expect(output("printf 123456", atMost: 5) == nil)
        #expect(output("while :; do echo endless || exit 1; done", atMost: 1 << 16) == nil)
    }
}
