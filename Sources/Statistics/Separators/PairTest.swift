/// Whether both inputs of a pair matter: see `PairSeparator`.
struct PairTest {
    /// Scores of one input in the runs of the smaller class.
    struct Cases {
        var scores: [Double]

        /// More runs than this sharpen no decision.
        static let most = 2_000

        init(_ scores: NormalScores, _ classes: Classes) {
            let runs = classes.failed.count <= classes.passed.count ? classes.failed : classes.passed
            let step = (runs.count + Self.most - 1) / Self.most
            self.scores = stride(from: 0, to: runs.count, by: max(step, 1)).map { scores.spread[runs[$0]] }
        }
    }

    /// By form, of the input that matters less; not yet corrected for the number of forms.
    let pValues: [(form: PairForm, pValue: Double)]

    /// - Parameter correlation: of the two inputs' scores over all runs.
    init(_ first: Cases, _ second: Cases, correlation: Double) {
        // Two inputs that say the same cannot be told apart.
        guard abs(correlation) < 0.999 else {
            pValues = PairForm.allCases.map { ($0, 1) }
            return
        }
        pValues = PairForm.allCases.map { form in
            let ofSecond = Self.pValue(form, given: first.scores, second.scores, correlation)
            return (form, max(ofSecond, Self.pValue(form, given: second.scores, first.scores, correlation)))
        }
    }

    private static func pValue(_ form: PairForm, given a: [Double], _ b: [Double], _ correlation: Double) -> Double {
        let deviation = (1 - correlation * correlation).squareRoot()
        let places = RadixSort.sorted(
            zip(a, b).map { form.place($0, $1, mean: correlation * $0, deviation: deviation) })
        let count = Double(places.count)
        var distance = 0.0
        for (number, place) in places.enumerated() {
            distance = max(distance, place - Double(number) / count, Double(number + 1) / count - place)
        }
        return KolmogorovSmirnov.pValue(distance: distance, places.count)
    }
}
