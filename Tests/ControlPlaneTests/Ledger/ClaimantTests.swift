import LynxModel
import Testing

@testable import ControlPlane

@Suite("Who may claim what")
struct ClaimantTests {
    private func share(_ slots: Int, _ claimants: Claimant...) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: Claimant.share(slots: slots, among: claimants).map { ($0.batchID, $0.jobs) })
    }

    @Test("Slots are dealt evenly between batches of any size") func even() {
        #expect(share(6, Claimant(batchID: "a", pending: 1000, active: 0), Claimant(batchID: "b", pending: 10, active: 0)) == ["a": 3, "b": 3])
    }

    @Test("A batch that has less running catches up first") func catchesUp() {
        #expect(share(3, Claimant(batchID: "a", pending: 9, active: 3), Claimant(batchID: "b", pending: 9, active: 0)) == ["b": 3])
        #expect(share(5, Claimant(batchID: "a", pending: 9, active: 3), Claimant(batchID: "b", pending: 9, active: 0)) == ["a": 1, "b": 4])
    }

    @Test("What one batch cannot use goes to the others") func leftovers() {
        #expect(
            share(
                8, Claimant(batchID: "a", pending: 2, active: 0), Claimant(batchID: "b", pending: 9, active: 0, maxParallelJobs: 1),
                Claimant(batchID: "c", pending: 9, active: 0)) == ["a": 2, "b": 1, "c": 5])
    }

    @Test("Among equals the one that has waited longest is served") func turns() {
        #expect(
            share(1, Claimant(batchID: "a", pending: 9, active: 1, lastTurn: 5), Claimant(batchID: "b", pending: 9, active: 1, lastTurn: 4))
                == ["b": 1])
    }

    @Test("No batch gets past its limit, and no more jobs are dealt than there are") func limits() {
        #expect(share(9, Claimant(batchID: "a", pending: 9, active: 2, maxParallelJobs: 2)).isEmpty)
        #expect(share(9, Claimant(batchID: "a", pending: 3, active: 0)) == ["a": 3])
    }

    @Test("No type gets more than its slots; what it leaves goes to others") func typeSlots() {
        let claimants = [
            Claimant(batchID: "a", pending: 9, active: 0, type: "px4_sitl"), Claimant(batchID: "b", pending: 9, active: 0, type: "px4_sitl"),
            Claimant(batchID: "c", pending: 9, active: 5, type: "basilisk"),
        ]
        func share(_ typeSlots: [String: Int]) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: Claimant.share(slots: 4, typeSlots: typeSlots, among: claimants).map { ($0.batchID, $0.jobs) })
        }
        #expect(share(["px4_sitl": 2]) == ["a": 1, "b": 1, "c": 2])
        #expect(share(["px4_sitl": 0]) == ["c": 4])
        #expect(share(["px4_sitl": 1, "basilisk": 1]) == ["a": 1, "c": 1])
        #expect(share([:]) == ["a": 2, "b": 2])
    }
}
