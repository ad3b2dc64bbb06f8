import TestSupport
import Testing

/// A small storm of what `make chaos` does at any size.
@Suite("Control plane and runners that are killed at random", .timeLimit(.minutes(5)))
struct ChaosTests {
    @Test(
        "Every job ends exactly once with its file, the counters agree with the rows, and nothing is left running",
        arguments: [["--database", "sqlite"], ["--database", "postgres", "--control-planes", "2"]])
    func storm(ledger: [String]) async throws {
        let end = try await Program.run(
            Repository.python,
            [
                Repository.path("Tests/Chaos/chaos.py"), "--programs", Repository.products, "--jobs", "200", "--runners", "2", "--kills", "3",
                "--files",
            ] + ledger)
        #expect(end.exitCode == 0, "\(end.output)\(end.errors)")
    }
}
