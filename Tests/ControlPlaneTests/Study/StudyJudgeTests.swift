import LynxModel
import Testing

@testable import ControlPlane

@Suite("The judge of a study that ends when it is decided", .timeLimit(.minutes(1)))
struct StudyJudgeTests {
    private static func table(_ outputs: [String: [Double]], total: Int) -> StudyTable {
        var table = StudyTable(batchID: "b", total: total)
        table.states = Array(repeating: .completed, count: total)
        for (name, values) in outputs { table.add(.init(name: name, units: "", values: values)) }
        return table
    }

    private static func judge(_ names: [String], total: Int, rule: StopSpec.Rule) -> StudyJudge {
        StudyJudge(
            requirements: names.map { RequirementSpec(name: $0, output: $0, comparison: .gt, threshold: 0, probability: 0.9) },
            stop: StopSpec(rule: rule, maxFailures: 2), total: total, wasExtended: false, isApproximate: false)
    }

    @Test("A requirement that is decided stays so while another one is still open", arguments: StopSpec.Rule.allCases)
    func decidedStays(rule: StopSpec.Rule) throws {
        let total = 400
        let alone = try #require(
            Self.judge(["a", "b"], total: total, rule: rule)
                .decidedAfter(Self.table(["a": .init(repeating: 1, count: total), "b": .init(repeating: 1, count: total)], total: total)))
        // One fails all the time once it is decided; the other fails twice before, and so takes longer.
        let early = (0..<total).map { $0 < alone ? 1.0 : -1 }
        let late = (0..<total).map { [12, 25].contains($0) ? -1.0 : 1 }
        let (judge, table) = (Self.judge(["a", "b"], total: total, rule: rule), Self.table(["a": early, "b": late], total: total))
        let runs = try #require(judge.decidedAfter(table))
        #expect(runs > alone)
        let verdicts = judge.verdicts(on: table, first: runs)
        #expect(verdicts.map(\.verdict) == [.met, .met])
        #expect(verdicts.map(\.runs) == [alone, runs] && verdicts.map(\.failures) == [0, 2])
    }

    @Test("A study is decided on the runs before the first that has not ended, however many have ended after it")
    func prefix() throws {
        var table = Self.table(["a": .init(repeating: 1, count: 300)], total: 300)
        let judge = Self.judge(["a"], total: 300, rule: .looks)
        let runs = try #require(judge.decidedAfter(table))
        table.states[runs - 1] = .pending
        #expect(judge.decidedAfter(table) == nil)
    }
}
