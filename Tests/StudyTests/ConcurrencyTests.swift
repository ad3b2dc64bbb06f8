import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("Jobs side by side", .timeLimit(.minutes(5)))
struct ConcurrencyTests {
    @Test("As many run at a time as max_concurrent_jobs says, never more", arguments: [1, 3])
    func limit(slots: Int) async throws {
        let runs = 7
        let study = try StudyFixture(
            """
            tell("started", run)
            wait()
            tell("finished", run)
            """, runs: runs, slots: slots)
        let run = try study.startRun()
        for _ in 0..<slots { #expect(try await study.events.next().hasPrefix("started")) }
        for left in (0..<runs).reversed() {
            // Told while it still runs: were there one too many, it would have started before.
            study.gate.open()
            #expect(try await study.events.next().hasPrefix("finished"))
            if left >= slots { #expect(try await study.events.next().hasPrefix("started")) }
        }
        let end = try await run.end()
        #expect(end.exitCode == 0, "\(end.errors)")
        #expect(study.events.drain().count == 2 * runs)
        #expect(study.isQuiet)
    }
}
