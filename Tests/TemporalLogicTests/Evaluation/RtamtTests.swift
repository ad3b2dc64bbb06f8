import Foundation
import TemporalLogic
import TestSupport
import Testing

/// `Python/rtamt_reference.py` makes the file of references; rtamt itself cannot be installed beside the tests' other packages.
@Suite("Robustness beside rtamt's dense-time offline monitor")
struct RtamtTests {
    private struct References: Decodable {
        var short: [ShortGroup]
        var long: [LongGroup]

        static func read() throws -> References {
            let file = URL(filePath: Repository.path("Tests/TemporalLogicTests/Fixtures/rtamt.json"))
            return try JSONDecoder().decode(References.self, from: Data(contentsOf: file))
        }
    }

    private struct ShortGroup: Decodable {
        struct Case: Decodable {
            var formula: String
            /// Times and values from the first common time on.
            var robustness: [[Number]]
        }

        var trace: [String: [[Double]]]
        var formulas: [Case]
    }

    private struct LongGroup: Decodable {
        struct Case: Decodable {
            var formula: String
            var first: Double
            var steps: Int
            var sum: Double
        }

        var seeds: [String: UInt64]
        var samples: Int
        var formulas: [Case]
    }

    /// A number, or the name of an infinity, which JSON cannot write.
    private struct Number: Decodable {
        var value: Double

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            value = try (try? container.decode(Double.self)) ?? Double(container.decode(String.self)) ?? .nan
        }
    }

    @Test("800 formulas on short signals have rtamt's robustness exactly, at the beginning and at every later time")
    func short() throws {
        let groups = try References.read().short
        #expect(groups.reduce(0) { $0 + $1.formulas.count } == 800)
        for group in groups {
            let trace = group.trace.mapValues { samples in Signal(times: samples.map { $0[0] }, values: samples.map { $0[1] }) }
            for reference in group.formulas {
                let expected = Signal(times: reference.robustness.map(\.[0].value), values: reference.robustness.map(\.[1].value))
                let formula = try Formula(reference.formula)
                #expect(try formula.robustness(on: trace) == expected.values[0], "\(formula)")
                #expect(try formula.robustnessSignal(on: trace) == expected, "\(formula)")
            }
        }
    }

    @Test("60 formulas on signals of 2,000 samples have rtamt's robustness exactly, by the sum of all its values")
    func long() throws {
        let groups = try References.read().long
        #expect(groups.reduce(0) { $0 + $1.formulas.count } == 60)
        for group in groups {
            let trace = group.seeds.mapValues { Self.walk(seed: $0, samples: group.samples) }
            for reference in group.formulas {
                let formula = try Formula(reference.formula)
                #expect(try formula.robustness(on: trace) == reference.first, "\(formula)")
                let signal = try formula.robustnessSignal(on: trace)
                #expect(signal.values.count == reference.steps && signal.values.reduce(0, +) == reference.sum, "\(formula)")
            }
        }
    }

    /// As `walk` of `rtamt_reference.py` draws it.
    private static func walk(seed: UInt64, samples: Int) -> Signal {
        var numbers = SplitMix64(state: seed)
        var (time, value) = (0.0, 0.0)
        var signal = Signal(times: [], values: [])
        for _ in 0..<samples {
            signal.times.append(time)
            signal.values.append(value)
            time += Double(1 + numbers.next() % 16) / 64
            value += (Double(numbers.next() % 129) - 64) / 64
        }
        return signal
    }
}
