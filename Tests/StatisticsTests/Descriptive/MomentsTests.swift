import Testing

@testable import Statistics

@Suite("Moments")
struct MomentsTests {
    @Test("Mean, spread, shape and the mean's interval agree with numpy and scipy on real data")
    func reference() async throws {
        let data = try await StatisticsReference.realData()
        let columns = data.survey + data.households + [data.sunspots]
        let expected = try await StatisticsReference.ask("moments", [0.95], columns: columns)
        for (column, expected) in zip(columns, expected) {
            let moments = Moments(column)
            let interval = moments.meanInterval(confidence: 0.95)
            let numbers = [
                moments.mean, moments.standardDeviation, moments.skewness, moments.excessKurtosis, interval.lower, interval.upper,
            ]
            expectAgreement(numbers, expected, within: 1e-12, least: 0.1)
            #expect(moments.minimum == column.min() && moments.maximum == column.max() && moments.count == column.count)
        }
    }

    @Test("A mean of a billion costs no digits of the spread")
    func farFromZero() {
        var random = CounterRandom(seed: 1)
        // Whole multiples of 2⁻²⁰, which the shift leaves exact.
        let values = (0..<10_000).map { _ in Double(random.below(1 << 21)) * 0x1p-20 }
        let (near, far) = (Moments(values), Moments(values.map { $0 + 1e9 }))
        #expect(abs(far.mean - near.mean - 1e9) < 1e-6)
        #expect(abs(far.standardDeviation / near.standardDeviation - 1) < 1e-12)
        #expect(abs(far.skewness - near.skewness) < 1e-9)
        #expect(abs(far.excessKurtosis - near.excessKurtosis) < 1e-9)
    }

    @Test("Parts of a stream, taken one by one or together, give what the whole gives", arguments: [1, 3, 511, 512, 513, 2_000])
    func combining(size: Int) {
        var random = CounterRandom(seed: 2)
        let values = (0..<2_000).map { index in index % 41 == 0 ? .nan : -(random.openUnit() * 1e-3) * (index % 2 == 0 ? 1 : 50) }
        let whole = Moments(values)
        var (streamed, single, combined) = (Moments(), Moments(), Moments())
        for start in stride(from: 0, to: values.count, by: size) {
            let part = Array(values[start..<min(start + size, values.count)])
            streamed.add(contentsOf: part)
            for value in part { single.add(value) }
            var other = Moments(part)
            other.combine(combined)
            combined = other
        }
        for moments in [streamed, single, combined] {
            #expect(moments.count == whole.count && moments.missing == whole.missing && moments.missing == 49)
            #expect(moments.minimum == whole.minimum && moments.maximum == whole.maximum)
            expectAgreement(
                [moments.mean, moments.standardDeviation, moments.skewness, moments.excessKurtosis],
                [whole.mean, whole.standardDeviation, whole.skewness, whole.excessKurtosis], within: 1e-12)
        }
    }

    @Test("Too few values have no spread, and none no mean")
    func fewValues() {
        let (none, one) = (Moments([.nan]), Moments([3]))
        #expect(none.count == 0 && none.missing == 1 && none.mean.isNaN && none.variance.isNaN && none.minimum == .infinity)
        #expect(one.mean == 3 && one.variance.isNaN && one.meanInterval(confidence: 0.9) == Interval(-.infinity, .infinity))
        #expect(Moments([3, 3]).variance == 0 && Moments([3, 3]).skewness.isNaN)
    }

    @Test("Missing values within a range move mean and deviation no further than their bounds")
    func missingBounds() {
        let values = [1.0, 2, 4, 4.5, .nan, .nan, .nan]
        let moments = Moments(values)
        let range = Interval(0, 10)
        let (mean, deviation) = (moments.meanBounds(missingWithin: range), moments.standardDeviationBounds(missingWithin: range))
        #expect(mean == Interval(11.5 / 7, 41.5 / 7))
        var (least, most) = (Double.infinity, 0.0)
        let choices = [0, moments.mean, 5, 10]
        for a in choices {
            for b in choices {
                for c in choices {
                    let filled = Moments(values.prefix(4) + [a, b, c])
                    #expect(filled.mean >= mean.lower - 1e-15 && filled.mean <= mean.upper + 1e-15)
                    least = min(least, filled.standardDeviation)
                    most = max(most, filled.standardDeviation)
                }
            }
        }
        #expect(abs(deviation.lower - least) < 1e-14 && abs(deviation.upper - most) < 1e-14)
        #expect(moments.meanBounds() == Interval(-.infinity, .infinity))
        #expect(moments.standardDeviationBounds().upper == .infinity)
        #expect(Moments([1, 2]).meanBounds() == Interval(1.5, 1.5))
        // A range that leaves the mean out.
        #expect(moments.standardDeviationBounds(missingWithin: Interval(8, 9)).lower > deviation.lower)
    }
}
