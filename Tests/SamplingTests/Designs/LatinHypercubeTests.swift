import LynxModel
import Testing

@testable import Sampling

@Suite("Latin hypercube sampling")
struct LatinHypercubeTests {
    /// The tutorial's parameters, and ranges where rounding is at its worst.
    private static let ranges: [String: (min: Double, max: Double)] = [
        "semi_major_axis_m": (6_950_000, 7_050_000),
        "eccentricity": (0.00005, 0.002),
        "inclination_deg": (30, 36),
        "arg_perigee_deg": (330, 355),
        "duration_orbits": (0.70, 0.80),
        "centred": (-0.1, 0.3),
        "far_from_zero": (1e9, 1e9 + 1),
        "tiny": (1e-305, 1e-300),
        "huge": (-1e308, 1.5e308),
    ]

    @Test(
        "Each stratum of each parameter holds exactly one run",
        arguments: [1, 2, 3, 5, 8, 40, 97, 256, 257, 500, 1009, 10_007])
    func stratified(runs: Int) {
        let sampler = sampler(Self.ranges.mapValues { .uniform(min: $0.min, max: $0.max) }, runs: runs)
        var seen = Self.ranges.mapValues { _ in [Bool](repeating: false, count: runs) }
        var seenByPosition = seen
        var outside = 0
        for index in 0..<runs {
            for (name, value) in sampler.parameters(at: index) {
                let (min, max) = Self.ranges[name]!
                let x = value.double
                if !(x >= min && x < max) { outside += 1 }
                // Halved, as the width of the widest range is no double.
                let share = (x / 2 - min / 2) / (max / 2 - min / 2)
                seen[name]![Int(share * Double(runs))] = true
                // Another order of the same arithmetic, as another reader might write it.
                seenByPosition[name]![Int((x / 2 - min / 2) / ((max / 2 - min / 2) / Double(runs)))] = true
            }
        }
        #expect(outside == 0)
        for (name, strata) in seen {
            #expect(strata.allSatisfy { $0 }, "\(name)")
            #expect(seenByPosition[name]!.allSatisfy { $0 }, "\(name), the other way")
        }
    }

    @Test("A million runs are stratified exactly")
    func million() {
        let runs = 1_000_000
        let (min, max) = (6_950_000.0, 7_050_000.0)
        let sampler = sampler(["semi_major_axis_m": .uniform(min: min, max: max)], runs: runs, seed: 1)
        var seen = [Bool](repeating: false, count: runs)
        for index in 0..<runs {
            seen[Int((sampler.parameters(at: index)["semi_major_axis_m"]!.double - min) / (max - min) * Double(runs))] = true
        }
        #expect(seen.allSatisfy { $0 })
    }

    @Test("Other distributions are stratified in probability", arguments: [1, 2, 40, 1009])
    func probabilities(runs: Int) {
        for distribution in continuousDistributions {
            let design = sampler(["x": distribution], runs: runs, seed: 5).design
            let strata = Set((0..<runs).map { Int(design.probability(of: 0, run: $0) * Double(runs)) })
            #expect(strata == Set(0..<runs))
        }
    }

    @Test("Values are spread evenly within their strata")
    func jitter() async throws {
        let runs = 20_000
        let sampler = sampler(["x": .uniform(min: 0, max: 1)], runs: runs, seed: 7)
        let places = (0..<runs).map { index in
            let scaled = sampler.parameters(at: index)["x"]!.double * Double(runs)
            return scaled - scaled.rounded(.down)
        }
        let p = try await Scipy.kolmogorovSmirnov([(.uniform(min: 0, max: 1), places)])
        #expect(p[0] > 0.01)
    }

    @Test("A range with fewer numbers than strata still gives numbers of the range")
    func narrow() {
        let (min, max) = (1.0, 1 + 4 * 0x1p-52)
        let sampler = sampler(["x": .uniform(min: min, max: max)], runs: 100)
        for index in 0..<100 {
            let x = sampler.parameters(at: index)["x"]!.double
            #expect(x >= min && x < max)
        }
    }
}
