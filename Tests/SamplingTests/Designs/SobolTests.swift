import LynxDocument
import LynxModel
import Testing

@testable import Sampling

@Suite("Sobol's sequence", .timeLimit(.minutes(5)))
struct SobolTests {
    private static func unit(_ dimensions: Int) -> [String: Distribution] {
        Dictionary(uniqueKeysWithValues: (0..<dimensions).map { ("x\(1000 + $0)", .uniform(min: 0, max: 1)) })
    }

    @Test("Its points are scipy's, to the last bit", arguments: [(1, 5000), (2, 257), (7, 4096), (52, 1000), (1024, 300)])
    func points(dimensions: Int, runs: Int) async throws {
        let design = Sobol(dimensions: dimensions)
        let wanted = try await Scipy.sobol(dimensions: dimensions, runs: runs)
        try #require(wanted.count == runs)
        for (run, point) in wanted.enumerated() {
            #expect((0..<dimensions).map { design.coordinate(of: $0, run: run) } == point, "run \(run)")
        }
    }

    @Test("A batch's parameters are its coordinates in the order of their names; constant ones take none")
    func parameters() async throws {
        let wanted = try await Scipy.sobol(dimensions: 3, runs: 64)
        let study: [String: Distribution] = [
            "c": .uniform(min: 0, max: 1), "a": .uniform(min: 0, max: 1), "b": .uniform(min: 10, max: 12),
            "aa": .constant(.number(7)),
        ]
        let sampler = sampler(study, method: .sobol, runs: 64)
        for (run, point) in wanted.enumerated().dropFirst() {
            let values = sampler.parameters(at: run)
            #expect(
                [values["a"], values["b"], values["c"]] == [.number(point[0]), .number(10 + 2 * point[1]), .number(point[2])])
            #expect(values["aa"] == .number(7))
        }
    }

    @Test("Where the first point lies every distribution has a value, and its neighbourhood is left to no other point")
    func origin() {
        let study = Dictionary(uniqueKeysWithValues: continuousDistributions.enumerated().map { ("p\($0.offset)", $0.element) })
        let first = sampler(study, method: .sobol, runs: 4).parameters(at: 0)
        #expect(first.values.allSatisfy { $0.double.isFinite })
        #expect(Sobol(dimensions: 1).probability(of: 0, run: 0) == 0x1p-33)
    }

    @Test(
        "Of 2ⁿ runs each parameter has one in each of 2ⁿ strata, and each pair of the first parameters one in each box of equal volume"
    )
    func balanced() {
        let sampler = sampler(Self.unit(40), method: .sobol, runs: 256)
        for name in sampler.parameters.keys {
            #expect(Set((0..<256).map { Int(sampler.parameters(at: $0)[name]!.double * 256) }).count == 256)
        }
        for width in [1, 2, 4, 8, 16, 32, 64, 128, 256] {
            let boxes = (0..<256).map { run in
                let values = sampler.parameters(at: run)
                return [Int(values["x1000"]!.double * Double(width)), Int(values["x1001"]!.double * Double(256 / width))]
            }
            #expect(Set(boxes).count == 256, "\(width) by \(256 / width)")
        }
    }

    @Test("It has as many dimensions as a batch may ask of it, and a batch that asks for more is refused")
    func most() throws {
        let most = try #require(SamplingMethod.sobol.mostDispersed)
        #expect(Sobol.mostDimensions == most)
        let text = """
            name: wide
            config:
              simulation: {name: wide}
              monte_carlo: {runs: 4, sampling_method: sobol}
              dispersions:

            """
        func wide(_ count: Int) -> String {
            text + (0..<count).map { "    x\($0): {distribution: {type: uniform, min: 0, max: 1}}\n" }.joined()
                + "    fixed: {distribution: {type: constant, value: 1}}\n"
        }
        let batch = try BatchSubmission.read(yaml: wide(most), name: "b.yaml")
        #expect(Sampler(config: batch.config, runs: 4, seed: 1).parameters(at: 3).count == most + 1)
        let error = #expect(throws: DiagnosticList.self) { try BatchSubmission.read(yaml: wide(most + 1), name: "b.yaml") }
        #expect(
            error?.description == "b.yaml:6:5: config.dispersions: 1025 parameters are not constant; sobol takes at most 1024")
    }
}
