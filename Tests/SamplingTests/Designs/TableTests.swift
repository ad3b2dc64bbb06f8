import LynxModel
import Testing

@testable import Sampling

@Suite("A table of samples")
struct TableTests {
    private static let table = SampleTable(
        columns: ["mass", "mode"],
        rows: [[.number(1.5), .string("slow")], [.integer(2), .string("fast")], [.number(-3), .bool(true)]],
        units: ["mass": "kg", "mode": "-"])

    private static let study: [String: Distribution] = [
        "drag": .uniform(min: 0, max: 1), "mass": .normal(mean: 0, stdDev: 1), "site": .constant(.string("A")),
    ]

    private func sampler(runs: Int, seed: UInt64 = 2026) -> Sampler {
        SamplingTests.sampler(Self.study, method: .table, runs: runs, seed: seed) { $0.monteCarlo.table = Self.table }
    }

    @Test("Run i has row i, whatever distribution its parameters have")
    func rows() {
        let sampler = sampler(runs: 3)
        #expect((0..<3).map { sampler.parameters(at: $0)["mode"] } == [.string("slow"), .string("fast"), .bool(true)])
        // One float makes the column one of floats.
        #expect((0..<3).map { sampler.parameters(at: $0)["mass"] } == [.number(1.5), .number(2), .number(-3)])
        #expect((0..<3).allSatisfy { sampler.parameters(at: $0)["site"] == .string("A") })
        #expect(Set(sampler.parameters(at: 0).keys) == ["mass", "mode", "drag", "site"])
    }

    @Test("Parameters without a column are drawn as with monte_carlo")
    func others() {
        let alone = SamplingTests.sampler(["drag": .uniform(min: 0, max: 1)], method: .monteCarlo, runs: 3)
        for run in 0..<3 { #expect(sampler(runs: 3).parameters(at: run)["drag"] == alone.parameters(at: run)["drag"]) }
        #expect(sampler(runs: 3).parameters(at: 1)["drag"] != sampler(runs: 3, seed: 1).parameters(at: 1)["drag"])
    }

    @Test("Units are those of the table where no dispersion gives any")
    func units() {
        var config = batch(Self.study, method: .table) { $0.monteCarlo.table = Self.table }
        config.dispersions["mass"]?.units = "g"
        let run = Sampler(config: config, runs: 3, seed: 1).runConfiguration(jobID: "j", batchID: "b", index: 0)
        #expect(run.units == ["mass": "g", "mode": "-", "drag": "", "site": ""])
    }

    @Test("A column of floats is read at once; one with anything else is not")
    func columns() {
        let sampler = sampler(runs: 3)
        #expect(sampler.numbers(of: "mass", in: 1..<3) == [2, -3])
        #expect(sampler.numbers(of: "mode", in: 0..<3) == nil)
        #expect(sampler.numbers(of: "drag", in: 0..<3)?.count == 3)
    }
}
