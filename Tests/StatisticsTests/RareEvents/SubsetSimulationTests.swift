import Foundation
import Testing

@testable import Statistics

@Suite("Subset simulation")
struct SubsetSimulationTests {
    /// Runs a simulation to its end.
    private static func run(
        dimensions: Int = 10, seed: UInt64, samples: Int = 1000, levels: Int = 20, limitState: ([Double]) -> Double
    ) throws -> SubsetSimulation {
        var settings = SubsetSimulation.Settings(dimensions: dimensions, seed: seed)
        settings.samplesPerLevel = samples
        settings.maximumLevels = levels
        var simulation = try SubsetSimulation(settings)
        while !simulation.isFinished { try simulation.record(simulation.proposals.map { limitState($0.point) }) }
        return simulation
    }

    /// g = β√d − Σx, of which the probability to be at most 0 is Φ(−β).
    private static func plane(_ reliability: Double) -> ([Double]) -> Double {
        { reliability * Double($0.count).squareRoot() - $0.reduce(0, +) }
    }

    @Test("A probability of 1e-4 is found without bias in 3,700 runs, and its scatter is as reported and as OpenTURNS'")
    func known() async throws {
        let expected = try await SensitivityReference.ask(.init("subset_simulation", [10, 3.719, 30]))
        let results = try (0..<30).map { try #require(Self.run(seed: $0, limitState: Self.plane(3.719)).result) }
        let found = Moments(results.map(\.probability))
        #expect(found.meanInterval(confidence: 0.99).contains(NormalDistribution.survival(3.719)))
        let variation = found.standardDeviation / found.mean
        #expect((0.2...0.45).contains(variation), "\(variation)")
        let reported = Moments(results.map { $0.coefficientOfVariation! })
        let ofFamilies = Moments(results.map { $0.coefficientOfVariationOfFamilies! })
        #expect(reported.maximum <= 0.35 && abs(reported.mean - Moments(expected["variation"]![0]).mean) < 0.03)
        #expect((0.3...0.4).contains(ofFamilies.mean))
        #expect(Moments(results.map { Double($0.runs) }).mean < 4_000)
        #expect(results.allSatisfy { $0.ending == .failureReached && $0.missing == 0 && $0.levels.last?.threshold == 0 })
        let held = results.count { $0.interval(confidence: 0.95).contains(1e-4) }
        #expect(held >= 25, "\(held) of 30 intervals")

        let peer = Moments(expected["probability"]![0])
        let error = (found.standardError * found.standardError + peer.standardError * peer.standardError).squareRoot()
        #expect(abs(found.mean - peer.mean) < 2.6 * error)
    }

    @Test("A probability above a level's is that of the first level, which is crude Monte Carlo")
    func frequent() throws {
        let simulation = try Self.run(seed: 1, limitState: Self.plane(0.8))
        let result = try #require(simulation.result)
        #expect(result.levels.count == 1 && result.runs == 1000)
        #expect(Double(simulation.failingPoints.count) / 1000 == result.probability)
        let p = result.probability
        #expect(abs(p - 0.2119) < 0.04)
        #expect(abs(result.coefficientOfVariation! - ((1 - p) / (1000 * p)).squareRoot()) < 1e-12)
        #expect(result.coefficientOfVariationOfFamilies == result.coefficientOfVariation)
    }

    @Test("Where every run fails the probability is 1")
    func always() throws {
        let result = try #require(try Self.run(seed: 1) { _ in -1 }.result)
        #expect(result.probability == 1 && result.coefficientOfVariation == 0 && result.runs == 1000)
        #expect(result.interval(confidence: 0.95) == Interval(1, 1))
    }

    @Test("A limit state that never falls below a plateau ends the simulation, and bounds the probability")
    func plateau() throws {
        let flat = try #require(try Self.run(seed: 1) { _ in 5 }.result)
        #expect(flat.ending == .stalled && flat.probability == 0 && flat.runs == 1000)
        #expect(flat.interval(confidence: 0.95) == Interval(0, 1) && flat.coefficientOfVariation == nil)
        let step = try #require(try Self.run(seed: 1) { $0[0] > 2 ? 1 : 2 }.result)
        #expect(step.ending == .stalled && step.probability == 0 && step.levels.count > 1)
        #expect((0.01...0.04).contains(step.probabilityOfLastLevel))
    }

    @Test("A failure that is out of reach ends at the last level")
    func levelLimit() throws {
        let result = try #require(try Self.run(seed: 1, samples: 200, levels: 3, limitState: Self.plane(9)).result)
        #expect(result.ending == .levelLimit && result.levels.count == 3 && result.probability == 0)
        #expect(abs(result.interval(confidence: 0.9).upper - 0.01) < 1e-12)
    }

    @Test("Runs without an answer count both ways")
    func missing() throws {
        // A part of the space that has no answer, and that is safe.
        let simulation = try Self.run(seed: 3) { $0[0] < -2 ? .nan : Self.plane(3)($0) }
        let result = try #require(simulation.result)
        let lost = try #require(result.levels.first).missing
        #expect((10...40).contains(lost) && result.missing >= lost)
        #expect(result.probability < 0.01)
        #expect(result.probabilityIfMissingFail >= Double(lost) / 1000 && result.probabilityIfMissingFail < 0.05)
        #expect(simulation.failingPoints.allSatisfy { $0[0] >= -2 })

        let nothing = try #require(try Self.run(seed: 3) { _ in .nan }.result)
        #expect(nothing.ending == .stalled && nothing.probability == 0 && nothing.probabilityIfMissingFail == 1)
    }

    @Test("Infinite limit states are taken as far from failure, or far into it")
    func infinite() throws {
        let finite = try #require(try Self.run(seed: 2, limitState: Self.plane(2.5)).result)
        let infinite = try #require(
            try Self.run(seed: 2) { point in
                let value = Self.plane(2.5)(point)
                return value <= 0 ? -.infinity : value > 8 ? .infinity : value
            }.result)
        #expect(infinite == finite)
    }

    @Test("A simulation that was stored between two batches goes on with the same points")
    func resumes() throws {
        let limitState: ([Double]) -> Double = { $0[0] < -1.5 ? .nan : $0[0] < -1 ? .infinity : Self.plane(3)($0) }
        let whole = try Self.run(dimensions: 3, seed: 11, samples: 100, limitState: limitState)
        var simulation = try SubsetSimulation(whole.settings)
        var batches = 0
        while !simulation.isFinished {
            let proposals = simulation.proposals
            #expect(!proposals.isEmpty)
            #expect(proposals.allSatisfy { $0.level == simulation.level && ($0.level == 0) == ($0.step == 0) })
            simulation = try JSONDecoder().decode(SubsetSimulation.self, from: JSONEncoder().encode(simulation))
            #expect(simulation.proposals == proposals)
            try simulation.record(proposals.map { limitState($0.point) })
            batches += 1
        }
        #expect(simulation == whole && batches > whole.levels.count)
    }

    @Test("Chains that stay where they are ask for no run")
    func unmoved() throws {
        let result = try #require(try Self.run(dimensions: 1, seed: 4, limitState: Self.plane(3)).result)
        for level in result.levels.dropFirst() { #expect(level.runs < 850 && level.samples == 1000) }
        #expect(abs(result.probability / NormalDistribution.survival(3) - 1) < 0.8)
    }

    @Test("Points of the first level are standard normal; chains stay so under modified Metropolis")
    func distribution() throws {
        var settings = SubsetSimulation.Settings(dimensions: 2, seed: 5)
        settings.samplesPerLevel = 2000
        // The second level's domain is the whole space.
        settings.levelProbability = 0.5
        var simulation = try SubsetSimulation(settings)
        let first = simulation.proposals.flatMap(\.point)
        while !simulation.isFinished {
            // Half of the runs of the first level are worse than the others, whatever the point, and all after it.
            try simulation.record(simulation.proposals.map { $0.chain % 2 == 0 || $0.level > 0 ? 1 : 2 })
        }
        let later = simulation.current.points
        #expect(simulation.levels.count == 2)
        for sample in [first, later] {
            #expect(sample.count >= 4000)
            let moments = Moments(sample)
            #expect(abs(moments.mean) < 0.06 && abs(moments.standardDeviation - 1) < 0.05)
        }
    }

    @Test("What cannot be simulated, or recorded, is named")
    func failures() throws {
        #expect(throws: SubsetSimulation.Failure.settings) { try SubsetSimulation(.init(dimensions: 0, seed: 1)) }
        var settings = SubsetSimulation.Settings(dimensions: 1, seed: 1)
        settings.samplesPerLevel = 15
        #expect(throws: SubsetSimulation.Failure.settings) { try SubsetSimulation(settings) }
        var simulation = try SubsetSimulation(.init(dimensions: 1, seed: 1))
        let before = simulation
        #expect(throws: SubsetSimulation.Failure.values(expected: 1000)) { try simulation.record([1, 2]) }
        #expect(simulation == before)
    }
}
