import LynxModel
import Testing

@testable import ControlPlane

@Suite("The outputs of runs in the ledger", .timeLimit(.minutes(5)))
struct StudyTableTests {
    private static func isSame(_ values: [Double]?, _ expected: [Double]) -> Bool {
        values?.map(\.bitPattern) == expected.map(\.bitPattern)
    }

    @Test("They are read back bit by bit, in the order of the runs, whichever order they came in", arguments: TestDriver.allCases)
    func roundTrip(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register(slots: 6)
        let batch = try await test.submit(runs: 6)
        let jobs = try await test.claim(slots: 6)
        let values = [0.1, -0.0, .leastNonzeroMagnitude, 1.7976931348623157e308, -1.0 / 3, 42]
        for job in jobs.reversed() {
            let value = values[job.runConfig.runIndex]
            try await test.end(job, outputs: [.miss(value), RunOutput(name: "größe", value: -value)], simTime: 3)
        }
        let table = try await test.ledger.study(batchID: batch)
        #expect(table.outputs.map(\.name) == ["miss_m", "größe"] && table.outputs.map(\.units) == ["m", ""])
        #expect(Self.isSame(table.output("miss_m")?.values, values))
        #expect(Self.isSame(table.output("größe")?.values, values.map { -$0 }))
        #expect(table.states.allSatisfy { $0 == .completed } && table.ended == 6)
        #expect(table.simTimes == Array(repeating: 3, count: 6) && table.conditions == [])
    }

    @Test("Only what is asked for is read, and a batch that is not there is said so", arguments: TestDriver.allCases)
    func wanted(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 1)
        try await test.end(try await test.claim()[0], outputs: [RunOutput(name: "a", value: 1), RunOutput(name: "b", value: 2)])
        let table = try await test.ledger.study(batchID: batch, outputs: ["b", "c"])
        #expect(table.outputs.map(\.name) == ["b"] && table.output("b")?.values == [2])
        await #expect(throws: LedgerError.noSuchBatch("nowhere")) { try await test.ledger.study(batchID: "nowhere") }
    }

    @Test("Runs with other outputs, with none, and of a runner that sends none lie side by side", arguments: TestDriver.allCases)
    func differentSets(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register(slots: 5)
        let batch = try await test.submit(runs: 5)
        let jobs = try await test.claim(slots: 5)
        try await test.end(jobs[0], outputs: [RunOutput(name: "a", value: 1, units: "m"), RunOutput(name: "b", value: 2)])
        try await test.end(jobs[1], outputs: [RunOutput(name: "b", value: 3), RunOutput(name: "a", value: 4, units: "m")])
        try await test.end(jobs[2], outputs: [])
        try await test.end(jobs[3], outputs: nil)
        try await test.end(jobs[4], outputs: [RunOutput(name: "c", value: 5), RunOutput(name: "a", value: nil, units: "m", note: "is NaN")])
        let table = try await test.ledger.study(batchID: batch)
        #expect(Set(table.outputs.map(\.name)) == ["a", "b", "c"])
        let nan = Double.nan
        func finite(_ values: [Double]?) -> [Double?]? { values?.map { $0.isNaN ? nil : $0 } }
        #expect(finite(table.output("a")?.values) == finite([1, 4, nan, nan, nan]))
        #expect(finite(table.output("b")?.values) == finite([2, 3, nan, nan, nan]))
        #expect(finite(table.output("c")?.values) == finite([nan, nan, nan, nan, 5]))
        #expect(table.output("a")?.units == "m" && table.ended == 5)
    }

    @Test("Of a run that was tried again the latest attempt counts", arguments: TestDriver.allCases)
    func retried(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 1, maxRetries: 1)
        try await test.end(try await test.claim()[0], .failure, outputs: [.miss(1)])
        var table = try await test.ledger.study(batchID: batch)
        #expect(table.states == [.pending] && table.output("miss_m")?.values.allSatisfy(\.isNaN) == true)
        try await test.end(try await test.claim()[0], outputs: [.miss(2)])
        table = try await test.ledger.study(batchID: batch)
        #expect(table.states == [.completed] && table.output("miss_m")?.values == [2])
    }

    @Test("A result that is taken back is no part of the study until the run has ended again", arguments: TestDriver.allCases)
    func retracted(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register(slots: 2)
        let batch = try await test.submit(runs: 2)
        for job in try await test.claim(slots: 2) {
            try await test.end(job, outputs: [.miss(1)], basis: job.runConfig.runIndex == 0 ? "proof" : nil)
        }
        #expect(try await test.ledger.retract(Retraction(runnerID: "r1", basis: "proof", reason: "wrong")) == 1)
        var table = try await test.ledger.study(batchID: batch)
        #expect(table.states == [.pending, .completed] && table.output("miss_m")?.values[0].isNaN == true)
        try await test.end(try await test.claim()[0], outputs: [.miss(3)])
        table = try await test.ledger.study(batchID: batch)
        #expect(table.states == [.completed, .completed] && table.output("miss_m")?.values == [3, 1])
    }

    @Test("How a run ended is told apart: by a breach, by its own failure, by time, or not at all", arguments: TestDriver.allCases)
    func ends(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register(slots: 6)
        let batch = try await test.submit(runs: 7)
        let jobs = try await test.claim(slots: 6)
        try await test.end(jobs[0], .breach, outputs: [.miss(1)], breach: "crash", simTime: 12.5)
        try await test.end(jobs[1], .breach, outputs: [], breach: "heat", simTime: nil)
        try await test.end(jobs[2], .failure, outputs: [])
        try await test.end(jobs[3], .timeout, outputs: [])
        try await test.end(jobs[4], .cancelled, outputs: [])
        let table = try await test.ledger.study(batchID: batch)
        #expect(table.states == [.breached, .breached, .failed, .unanswered, .cancelled, .pending, .pending])
        #expect((0..<7).map { table.condition(of: $0) } == ["crash", "heat", nil, nil, nil, nil, nil])
        #expect(table.breached(by: "crash") == 1 && table.breached(by: "nothing") == 0 && table.ended == 4)
        #expect(table.simTimes[0] == 12.5 && table.simTimes[1].isNaN)
    }

    @Test("A study of more runs than are read at once is read whole")
    func many() async throws {
        let test = try TestLedger()
        try await test.register(slots: 256)
        let batch = try await test.submit(runs: 5000)
        while true {
            let jobs = try await test.claim(slots: 256)
            if jobs.isEmpty { break }
            let reports = jobs.map { TestLedger.report($0, outputs: [.miss(Double($0.runConfig.runIndex))]) }
            #expect(try await test.ledger.ended(reports, runnerID: "r1").allSatisfy { $0 == nil })
        }
        let table = try await test.ledger.study(batchID: batch)
        #expect(table.ended == 5000 && table.output("miss_m")?.values == (0..<5000).map(Double.init))
    }
}
