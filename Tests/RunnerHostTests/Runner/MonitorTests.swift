import Testing

@testable import RunnerHost

@Suite("A monitor", .timeLimit(.minutes(5)))
struct MonitorTests {
    @Test("A wait whose condition holds already does not wait")
    func immediate() async throws {
        try await Monitor(3).wait { $0 == 3 }
    }

    @Test("What several tasks wait for is taken once each")
    func takenOnce() async throws {
        let monitor = Monitor<[Int]>([])
        let taken = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<100 {
                group.addTask { try await monitor.take { $0.isEmpty ? nil : $0.removeFirst() } }
            }
            for number in 0..<100 { monitor.with { $0.append(number) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(taken.sorted() == Array(0..<100))
    }

    @Test("What one waiter does can be what another waits for")
    func chain() async throws {
        let monitor = Monitor(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for step in (1...20).reversed() {
                group.addTask {
                    try await monitor.take { state in
                        guard state == step else { return nil }
                        state += 1
                    }
                }
            }
            monitor.with { $0 = 1 }
            try await group.waitForAll()
        }
        let state = monitor.with { $0 }
        #expect(state == 21)
    }

    @Test("A cancelled wait ends, and takes nothing")
    func cancellation() async throws {
        let monitor = Monitor(0)
        for _ in 0..<200 {
            let waiting = Task { try await monitor.wait { $0 > 0 } }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }
        monitor.with { $0 = 1 }
        let state = monitor.with { $0 }
        #expect(state == 1)
    }
}
