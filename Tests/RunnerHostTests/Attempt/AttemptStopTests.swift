import Logging
import LynxModel
import Testing

@testable import RunnerHost

@Suite("Stopping an attempt", .timeLimit(.minutes(5)))
struct AttemptStopTests {
    private let log = LogRecorder()
    private let attempt: Attempt

    init() { attempt = Attempt(.sample("a"), AttemptLog(logger: log.logger)) }

    private var cause: String? { attempt.cause?.request }

    @Test("The first cause counts, and only it is news")
    func first() {
        #expect(!attempt.isStopped)
        #expect(attempt.stop(.cancelled))
        #expect(!attempt.stop(.cancelled) && !attempt.stop(.lost) && !attempt.stop(.timeout))
        #expect(cause == "cancelled" && !attempt.isStale)
        #expect(log.entries.map(\.metadata) == [["reason": "cancelled"]])
    }

    @Test("Nothing outranks an attempt's being stale", arguments: [false, true])
    func stale(isFirst: Bool) {
        if !isFirst { #expect(attempt.stop(.cancelled)) }
        #expect(attempt.stop(.stale))
        #expect(!attempt.stop(.stale) && !attempt.stop(.lost))
        #expect(attempt.isStale && cause == (isFirst ? "stale" : "cancelled"))
    }

    @Test("A cause of the attempt's own is no request from outside")
    func own() {
        #expect(attempt.stop(.timeout))
        #expect(attempt.isStopped && cause == nil && log.entries.isEmpty)
    }

    @Test("Once its processes are gone there is nothing to stop but a call of the engine", arguments: [true, false])
    func late(isRequest: Bool) async {
        _ = await attempt.ended()
        #expect(attempt.stop(isRequest ? .cancelled : .timeout) == isRequest)
        #expect(attempt.isStopped == isRequest && !attempt.wasKilled)
        #expect(attempt.abandoned(after: .now + .seconds(3600))?.request == (isRequest ? "cancelled" : nil))
    }

    @Test("Files of one that was stopped while it ran are waited for until the patience ends; of a stale one they are not")
    func abandoned() async {
        attempt.stop(.cancelled)
        _ = await attempt.ended()
        #expect(attempt.abandoned(after: .now + .seconds(3600)) == nil)
        #expect(attempt.abandoned(after: .now)?.request == "cancelled")
        let stale = Attempt.sample("b")
        stale.stop(.stale)
        _ = await stale.ended()
        #expect(stale.abandoned(after: .now + .seconds(3600))?.request == "stale")
    }

    @Test("Who waits for a stop is called once, and nobody who came too late")
    func whenStopped() {
        let calls = Monitor(0)
        attempt.whenStopped { calls.with { $0 += 1 } }
        for cause in [StopCause.cancelled, .lost, .stale] { attempt.stop(cause) }
        attempt.whenStopped { calls.with { $0 += 100 } }
        attempt.stop(.lost)
        #expect(calls.read { $0 } == 1)
    }

    @Test("It reaches one that waits for its slot, whenever it comes: that is reported, and was never run")
    func waiting() async throws {
        let bench = try RunnerBench()
        let running = JobAssignment.sample("running")
        bench.control.enqueue(running)
        try await bench.run(capacity: 1) { runner, _ in
            try await bench.engine.wait { $0.started == [running.key] }
            for number in 0..<50 {
                let attempt = Attempt.sample("job-\(number)")
                runner.monitor.with { $0.running.admit(attempt) }
                let life = Task { await attempt.run(on: runner) }
                if number.isMultiple(of: 2) { await Task.yield() }
                attempt.stop(.cancelled)
                await life.value
            }
            try await bench.control.wait { $0.delivered.count == 50 }
            #expect(bench.control.state.delivered.allSatisfy { $0.outcome == .cancelled })
            #expect(Set(bench.control.state.delivered.map(\.result.errorMessage)) == ["stopped before it started"])
            #expect(bench.engine.state.runs == [running.key])
        }
    }
}
