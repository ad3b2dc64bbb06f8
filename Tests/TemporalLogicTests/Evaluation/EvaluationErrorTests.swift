import TemporalLogic
import Testing

@Suite("Traces without a robustness")
struct EvaluationErrorTests {
    @Test("What is missing or out of order is told", arguments: [
        ("x > speed", "the run has no telemetry of speed"),
        ("\"wheel[0]\" > 0", "the run has no telemetry of \"wheel[0]\""),
        ("empty > 0", "the run has no sample of empty"),
        ("x > 0 and back > 0", "sample 2 of back has a time that is not finite or lies before that of the previous one"),
        ("timeless > 0", "sample 1 of timeless has a time that is not finite or lies before that of the previous one"),
        ("endless > 0", "sample 1 of endless has a time that is not finite or lies before that of the previous one"),
        ("always(gap > 0)", "gap is not a number at 1.0 s"),
        ("gap > late", "gap is not a number at 3.0 s"),
        ("always(1 / x < 5)", "1 / x has no value at 2.0 s"),
        ("always(up - up < 5)", "up - up has no value at 1.0 s"),
        ("always(up > abs(up))", "up - abs(up) has no value at 1.0 s"),
        ("always(0 * up < 5)", "0 * up has no value at 1.0 s"),
        ("x > 1 / 0", "1 / 0 has no value at 0.0 s"),
    ])
    func told(text: String, message: String) throws {
        let trace: Trace = [
            "x": Signal(times: [0, 1, 2], values: [1, 2, 0]), "empty": Signal(times: [], values: []),
            "back": Signal(times: [0, 2, 1], values: [1, 1, 1]), "timeless": Signal(times: [0, .nan], values: [1, 1]),
            "endless": Signal(times: [0, .infinity], values: [1, 1]), "gap": Signal(times: [0, 1, 4], values: [1, .nan, 1]),
            "late": Signal(times: [3], values: [0]), "up": Signal(times: [0, 1], values: [1, .infinity]),
        ]
        let formula = try Formula(text)
        let error = #expect(throws: EvaluationError.self) { try formula.robustness(on: trace) }
        #expect(error?.description == message)
    }

    @Test("A sample beyond all windows of the formula is not read", arguments: [
        ("always[0,3.9](gap > 0)", true), ("always[0,4](gap > 0)", false), ("always(gap > 0)", false),
        ("gap > 0 and always[0,2](eventually[0,2](gap > 0))", false),
        ("gap > 0 and eventually[0,2](always[1,1.9](gap > 0))", true), ("eventually[0,5](once[2,inf](gap > 0))", true),
        ("eventually[0,6](once[2,inf](gap > 0))", false),
        ("(gap > 0) until[1,3] (gap > 1)", true), ("(gap > 0) until[1,4] (gap > 1)", false),
    ])
    func unread(text: String, isNumber: Bool) throws {
        let trace: Trace = ["gap": Signal(times: [0, 1, 4], values: [1, 2, .nan])]
        if isNumber {
            #expect(try Formula(text).robustness(on: trace) > 0)
        } else {
            #expect(throws: EvaluationError.notANumber("gap", time: 4)) { try Formula(text).robustness(on: trace) }
        }
    }

    @Test("Infinite samples are values")
    func infinite() throws {
        let trace: Trace = ["up": Signal(times: [0, 1], values: [1, .infinity])]
        #expect(try Formula("eventually(up > 0)").robustness(on: trace) == .infinity)
        #expect(try Formula("always(up < 9)").robustness(on: trace) == -.infinity)
    }
}
