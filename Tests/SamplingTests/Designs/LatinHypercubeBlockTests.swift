import LynxModel
import Testing

@testable import Sampling

@Suite("Latin hypercubes in blocks")
struct LatinHypercubeBlockTests {
    private static let study: [String: Distribution] = ["a": .uniform(min: 0, max: 1), "b": .uniform(min: 0, max: 1)]

    private func blocks(of size: Int, runs: Int) -> Sampler {
        sampler(Self.study, runs: runs) { $0.monteCarlo.blockSize = size }
    }

    @Test("Each block has one run in each of its strata", arguments: [1, 7, 256, 300])
    func stratified(size: Int) {
        let sampler = blocks(of: size, runs: 5 * size)
        for block in 0..<5 {
            for name in Self.study.keys {
                let strata = (0..<size).map { Int(sampler.parameters(at: block * size + $0)[name]!.double * Double(size)) }
                #expect(Set(strata) == Set(0..<size))
            }
        }
    }

    @Test("The first block is the hypercube of a batch without blocks, and others have other orders", arguments: [40, 300])
    func first(size: Int) {
        let blocks = blocks(of: size, runs: 3 * size)
        let whole = sampler(Self.study, runs: size)
        func order(_ block: Int) -> [Int] {
            (0..<size).map { Int(blocks.parameters(at: block * size + $0)["a"]!.double * Double(size)) }
        }
        for run in 0..<size { #expect(blocks.parameters(at: run) == whole.parameters(at: run)) }
        #expect(Set([order(0), order(1), order(2)]).count == 3)
    }

    @Test("A batch that is extended keeps its runs, and goes on in blocks of the size it began with")
    func extended() {
        let before = sampler(Self.study, runs: 50)
        let after = Sampler(config: batch(Self.study), runs: 150, seed: 2026, originalRuns: 50)
        for run in 0..<50 { #expect(after.parameters(at: run) == before.parameters(at: run)) }
        for block in 1..<3 {
            #expect(Set((0..<50).map { Int(after.parameters(at: block * 50 + $0)["b"]!.double * 50) }) == Set(0..<50))
        }
        #expect(after.blockSize == 50)
        #expect(!after.drawsAreIndependent)
    }

    @Test("The means of blocks spread as independent estimates do")
    func replicates() {
        let sampler = blocks(of: 20, runs: 20 * 2000)
        let column = sampler.numbers(of: "a", in: 0..<sampler.runs)!
        let means = (0..<2000).map { block in column[block * 20..<block * 20 + 20].reduce(0, +) / 20 }
        // Within strata of width 1/20 the variance is that of one draw over 20², in a mean of 20 of them.
        let errors = means.map { $0 - 0.5 }
        let variance = errors.reduce(0) { $0 + $1 * $1 } / 2000
        let expected = 1.0 / 12 / 400 / 20
        #expect(abs(variance / expected - 1) < 4 * (2.0 / 2000).squareRoot())
        let serial = zip(errors, errors.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / 1999
        #expect(abs(serial / variance) < 4 / 2000.0.squareRoot())
    }
}
