import TemporalLogic
import Testing

@Suite("What a formula says of a trace")
struct SemanticsTests {
    /// From 0 s on, with a sample each second.
    private static func sampled(_ values: Double...) -> Signal { Signal(times: values.indices.map(Double.init), values: values) }

    private static let trace: Trace = ["x": sampled(1, 2, -1, 5), "y": sampled(0, 0, 3, 3)]

    @Test("A value holds until the next sample, and windows include both of their ends", arguments: [
        ("x > 0", 1), ("always(x > 0)", -1), ("eventually(x > 0)", 5), ("always[0,1](x > 0)", 1), ("always[0,1.999](x > 0)", 1),
        ("always[0,2](x > 0)", -1), ("eventually[0.5,0.75](x > 0)", 1), ("eventually[0.5,1](x > 0)", 2),
        ("eventually[2.5,2.75](x > 0)", -1),
        ("(x > 0) until (y > 2)", -1), ("(x > -3) until (y > 2)", 1), ("(x > -3) until[0,1.5] (y > 2)", -2),
        ("(x > -3) until[0,2] (y > 2)", 1),
        ("always[1,1](once[1,1](x > 1.5))", -0.5), ("always[1,1](historically(x > 0))", 1),
        ("always[2,2](once[0.5,1](x > 0))", 2),
    ])
    func steps(text: String, robustness: Double) throws {
        #expect(try Formula(text).robustness(on: Self.trace) == robustness)
    }

    @Test("The last value holds for ever, also for a window that lies wholly after the end", arguments: [
        ("always[0,100](x > -2)", 1), ("always[50,100](x > 0)", 5), ("eventually[50,100](x > 7)", -2),
        ("(x > -2) until[50,60] (x > 4)", 1),
        ("always[50,inf](x > 0)", 5), ("always[3,100](y >= 3)", 0),
    ])
    func end(text: String, robustness: Double) throws {
        let evaluation = try Formula(text).evaluate(on: Self.trace)
        #expect(evaluation.robustness == robustness && evaluation.isSatisfied == (robustness >= 0))
        #expect(evaluation.end == 3)
    }

    @Test("A window of the past that lies before the beginning is empty", arguments: [
        ("once[1,2](x > 0)", -Double.infinity), ("historically[1,2](x > 0)", .infinity), ("once[0,2](x > 0)", 1),
    ])
    func beginning(text: String, robustness: Double) throws {
        #expect(try Formula(text).robustness(on: Self.trace) == robustness)
    }

    @Test("Relations have their margin as robustness", arguments: [
        ("x < 3", 2), ("x <= 3", 2), ("x > 3", -2), ("x >= 3", -2), ("x == 3", -2), ("x != 3", 2),
        ("2 * x + y / 4 - -1 > min(1, x, 5)", 2),
        ("abs(x - 4) < max(2, y)", -1), ("x < 3 and x > 0", 1), ("x < 3 or x > 0", 2), ("x > 3 implies x > 0.5", 2),
        ("not x > 3", 2),
        ("x > 0 iff x < 5", 1), ("x > 0 iff x > 5", -1), ("1 < 2 and x > 0.5", 0.5), ("1 < 2", 1),
    ])
    func margins(text: String, robustness: Double) throws {
        #expect(try Formula(text).robustness(on: Self.trace) == robustness)
    }

    @Test("Where the robustness is 0, strictness decides", arguments: [
        ("x < 1", false), ("x <= 1", true), ("x > 1", false), ("x >= 1", true), ("x == 1", true), ("x != 1", false),
        ("not(x < 1)", true),
        ("not(x == 1)", false), ("x <= 1 and x < 1", false), ("x <= 1 or x < 1", true), ("x <= 1 implies x < 1", false),
        ("x < 1 iff x > 1", true),
        ("x <= 1 iff x > 1", false), ("always[0,0.5](x <= 1)", true), ("eventually[0,1](x < 1 or x > 2)", false),
        ("(x <= 2) until[0,1] (x >= 2)", true), ("(x < 2) until[0,1] (x >= 2)", false),
    ])
    func zero(text: String, isSatisfied: Bool) throws {
        let evaluation = try Formula(text).evaluate(on: Self.trace)
        #expect(evaluation.robustness == 0 && evaluation.robustness.sign == .plus)
        #expect(evaluation.isSatisfied == isSatisfied)
    }

    @Test("Evaluation begins where every variable has been sampled, and sees no earlier samples")
    func commonStart() throws {
        let trace: Trace = [
            "x": Signal(times: [0, 2, 4, 6], values: [-1, 1, 2, 3]), "late": Signal(times: [5, 5.5], values: [1, 4]),
            "unused": Signal(times: [9], values: [0]),
        ]
        let evaluation = try Formula("always(x > 0) and late > 0").evaluate(on: trace)
        #expect(evaluation == (try Formula("always(x > 0 and late > 0)").evaluate(on: trace)))
        #expect(evaluation.start == 5 && evaluation.end == 5.5 && evaluation.robustness == 1 && evaluation.isSatisfied)
        #expect(try Formula("once(x < 0) and late > 0").robustness(on: trace) == -2)
        #expect(try Formula("eventually[0.5,1](late > x)").robustness(on: trace) == 2)
        #expect(try Formula("x > 0").evaluate(on: trace).start == 0)
    }

    @Test("A trace that ends before the next begins is held until then")
    func disjoint() throws {
        let trace: Trace = ["x": Signal(times: [0, 1], values: [5, 7]), "y": Signal(times: [10, 11], values: [1, 9])]
        let evaluation = try Formula("always(x > y)").evaluate(on: trace)
        #expect(evaluation.start == 10 && evaluation.end == 10 && evaluation.robustness == -2)
    }

    @Test("Of samples at one time the last counts, and one sample is a trace")
    func sameTime() throws {
        let trace: Trace = [
            "x": Signal(times: [0, 0, 1, 1, 1, 2, 2], values: [.nan, 3, 4, -9, 5, 0, 6]), "y": Signal(times: [7], values: [2]),
        ]
        #expect(try Formula("always(x > 0)").robustness(on: trace) == 3)
        #expect(try Formula("always[10,20](y > 0)").robustness(on: trace) == 2)
    }

    @Test("The robustness at every time leaves out what repeats")
    func signal() throws {
        let least = try Formula("always[0,1](x > 0)").robustnessSignal(on: Self.trace)
        #expect(least == Signal(times: [0, 1, 3], values: [1, -1, 5]))
        let both = try Formula("y <= 3 and y >= 3").robustnessSignal(on: Self.trace)
        #expect(both == Signal(times: [0, 2], values: [-3, 0]))
    }

    @Test("A hundred thousand samples and windows of any width give what a plain pass over them gives")
    func many() throws {
        let count = 100_000
        let values = (0..<count).map { Double(($0 &* 7919) % 10_007) }
        let trace: Trace = ["x": Signal(times: (0..<count).map(Double.init), values: values)]
        for width in [0, 1, 100, 5000, 70_000] {
            let formula = try Formula("always[0,\(width)](x >= 0)")
            #expect(try formula.robustness(on: trace) == values[...width].min()!)
            let signal = try formula.robustnessSignal(on: trace)
            for time in stride(from: 0, to: count, by: 9973) {
                let step = signal.times.lastIndex { $0 <= Double(time) }!
                #expect(signal.values[step] == values[time...min(time + width, count - 1)].min()!)
            }
        }
    }
}
