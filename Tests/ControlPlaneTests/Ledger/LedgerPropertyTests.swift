import LynxModel
import Testing
import TestSupport

@testable import ControlPlane

@Suite("The ledger under any calls")
struct LedgerPropertyTests {
    @Test("After any sequence of calls the counts agree with the rows, and no job contradicts itself", arguments: 1...6, TestDriver.allCases)
    func countsAgree(seed: UInt64, driver: TestDriver) async throws {
        var random = SplitMix64(state: seed)
        var test = try TestLedger(driver, policy: LedgerPolicy(maxLostAttempts: 2, mostIncidents: 1000))
        var batches: [String] = []
        var handedOut: [(job: JobAssignment, runner: String)] = []
        var sessions = ["r1": 0, "r2": 0]
        for runner in sessions.keys.sorted() { try await test.register(runner, session: "0") }
        var completions: [String: Int] = [:]

        for step in 0..<250 {
            let runner = Bool.random(using: &random) ? "r1" : "r2"
            let session = String(sessions[runner]!)
            do {
                switch Int.random(in: 0..<100, using: &random) {
                case 0..<8:
                    batches.append(
                        try await test.submit(
                            runs: Int.random(in: 1...8, using: &random), maxRetries: Int.random(in: 0...2, using: &random),
                            maxParallel: Bool.random(using: &random) ? 2 : nil))
                case 8..<35:
                    let jobs = try await test.claim(runner, session: session, slots: Int.random(in: 1...3, using: &random))
                    handedOut += jobs.map { ($0, runner) }
                case 35..<50:
                    guard let (job, holder) = handedOut.randomElement(using: &random) else { continue }
                    try await test.start(job, runner: holder)
                case 50..<75:
                    // Mostly of late attempts, now and then of one long gone.
                    let recent = Int.random(in: 0..<4, using: &random) == 0 ? handedOut[...] : handedOut.suffix(4)
                    guard let (job, holder) = recent.randomElement(using: &random) else { continue }
                    // That a result was taken back is the ledger's word, not a runner's.
                    let outcomes = AttemptOutcome.allCases.filter { $0 != .retracted }
                    let outcome = Bool.random(using: &random) ? AttemptOutcome.success : outcomes.randomElement(using: &random)!
                    let before = try await test.job(job).status
                    try await test.report(job, outcome, runner: holder, retryable: Bool.random(using: &random))
                    if outcome == .success, before != .completed { completions[job.jobID, default: 0] += 1 }
                case 75..<85:
                    let mine = handedOut.filter { $0.runner == runner }.map(\.job)
                    _ = try await test.heartbeat(mine.shuffled(using: &random).suffix(3), runner: runner, session: session)
                case 85..<92:
                    test.clock.advance(by: Double.random(in: 0...20, using: &random))
                    _ = try await test.ledger.expireLeases()
                case 92..<94:
                    sessions[runner]! += 1
                    try await test.register(runner, session: String(sessions[runner]!))
                case 94..<95:
                    guard let batch = batches.randomElement(using: &random) else { continue }
                    if Bool.random(using: &random) {
                        _ = try await test.ledger.cancelBatch(batch)
                    } else {
                        _ = try await test.ledger.retryFailed(batch)
                    }
                case 95..<97:
                    // Handed out or not, or no run at all.
                    guard let batch = batches.suffix(3).randomElement(using: &random) else { continue }
                    _ = try await test.ledger.cancelJob("\(batch)-\(Int.random(in: 0...8, using: &random))")
                default:
                    test = try test.reopened()
                }
            } catch is LedgerError {
                // Stale, ended, unknown: refusals are part of the sequence, and must leave no trace either.
            }
            let disagreements = try await test.disagreements()
            try #require(disagreements.isEmpty, "seed \(seed), step \(step): \(disagreements)")
            if let batch = batches.randomElement(using: &random) { try await listsAgree(test, batch, pageSize: 1 + step % 3) }
        }
        #expect(completions.values.allSatisfy { $0 == 1 })
        #expect(completions.count > 5, "the sequence reaches too little")
    }

    /// The jobs of a batch, read one by one, in pages, and in pages by state, are the same.
    private func listsAgree(_ test: TestLedger, _ batchID: String, pageSize: Int) async throws {
        func pages(_ status: JobStatus?) async throws -> [Job] {
            var jobs: [Job] = []
            var cursor: Int?
            repeat {
                let page = try await test.ledger.jobs(batchID: batchID, status: status, limit: pageSize, after: cursor)
                jobs += page.items
                cursor = page.next.flatMap { Int($0) }
            } while cursor != nil
            return jobs
        }
        let overview = try await test.ledger.overview(batchID: batchID)
        var single: [Job] = []
        for index in 0..<overview.batch.totalJobs { single.append(try await test.ledger.job("\(batchID)-\(index)")) }
        #expect(try await pages(nil) == single)
        for status in JobStatus.allCases {
            let listed = try await pages(status)
            #expect(listed == single.filter { $0.status == status }, "\(status)")
            #expect(listed.count == overview.count(status), "\(status)")
        }
    }

    @Test("What was answered is there after the process was killed, at any moment", arguments: TestDriver.allCases)
    func killed(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 4)
        var jobs: [JobAssignment] = []
        for number in 0..<4 {
            jobs += try await test.claim()
            #expect(try await test.killed().contents() == test.contents())
            if number > 1 { try await test.report(jobs[number], .success) }
            #expect(try await test.killed().contents() == test.contents())
        }
        let after = try test.killed()
        try await after.report(jobs[0], .success)
        try await after.report(jobs[1], .success)
        #expect(try await after.batch(batch).status == .completed)
        #expect(try await after.disagreements().isEmpty)
    }

    @Test("Eight runners that claim at once never get the same job", arguments: TestDriver.allCases)
    func concurrentClaims(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        let batch = try await test.submit(runs: 300)
        let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
            for number in 0..<8 {
                try await test.register("r\(number)")
                group.addTask {
                    var mine: [String] = []
                    while true {
                        let jobs = try await test.claim("r\(number)", slots: 1 + number % 3)
                        if jobs.isEmpty { return mine }
                        for job in jobs {
                            mine.append(job.jobID)
                            try await test.report(job, .success, runner: "r\(number)")
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.count == 300)
        #expect(Set(claimed).count == 300)
        #expect(try await test.batch(batch).status == .completed)
        #expect(try await test.disagreements().isEmpty)
    }
}
