import LynxModel
import TestSupport
import Testing

@testable import RunnerHost

@Suite("Counts of running attempts")
struct RunningAttemptsTests {
    /// The same decisions from a list that is gone through each time.
    private struct Recount {
        struct Entry {
            var type: String
            var hasSlot = false
            var isOver = false
        }

        var entries: [String: Entry] = [:]

        func hasRoom(_ type: String, capacity: Int, limit: Int?) -> Bool {
            entries.values.count { $0.hasSlot && !$0.isOver } < capacity
                && limit.map { limit in entries.values.count { $0.hasSlot && $0.type == type } < limit } ?? true
        }

        func room(capacity: Int, ahead: Int) -> Int {
            min(capacity + ahead - entries.values.count { !$0.isOver }, 2 * capacity + ahead - entries.count)
        }
    }

    @Test("They are those of a list that is gone through, whatever happens in whatever order", arguments: 1...20)
    func anyOrder(seed: UInt64) {
        var chance = SplitMix64(state: seed)
        let limits = ["px4_sitl": 2]
        var running = RunningAttempts(capacity: 4, limits: EngineLimits(engines: ["basilisk", "px4_sitl"], limits: limits))
        var recount = Recount()
        let attempts = (0..<12).map { Attempt.sample("\($0)", type: $0 % 3 == 0 ? "px4_sitl" : "basilisk") }
        var isShort = false
        let now = ContinuousClock.now
        for _ in 0..<400 {
            let attempt = attempts.randomElement(using: &chance)!
            let id = attempt.key.jobID, type = attempt.simulationType
            switch Int.random(in: 0..<5, using: &chance) {
            case 0:
                // An attempt is admitted once, but the counts hold for one that replaces another.
                running.admit(attempt)
                recount.entries[id] = .init(type: type)
            case 1, 2:
                let known = recount.entries[id]
                let hasSlot = running.assignSlot(to: attempt, at: now) != nil
                let expected = known.map { $0.hasSlot || recount.hasRoom(type, capacity: 4, limit: limits[type]) } ?? true
                #expect(hasSlot == expected)
                if hasSlot, known != nil { recount.entries[id]?.hasSlot = true }
            case 3:
                running.over(attempt.key, at: now)
                if recount.entries[id]?.hasSlot == true {
                    recount.entries[id]?.isOver = true
                    isShort = true
                }
            default:
                running.remove(attempt.key)
                recount.entries[id] = nil
            }
            #expect(running.room == recount.room(capacity: 4, ahead: isShort ? 4 : 0))
        }
    }
}
