import Testing

@testable import LynxCLI

@Suite("Numbers in tables")
struct NumberTextTests {
    @Test("Six digits, and no exponent below a thousand million", arguments: [
        (7_026_520.49, "7026520"), (0.00144923, "0.00144923"), (665.7061234, "665.706"), (-123_456.7, "-123457"), (2.5e9, "2.5e+09"),
        (0, "0"), (99_999.96, "100000"),
    ])
    func significant(value: Double, text: String) { #expect(NumberText.significant(value) == text) }

    @Test("A column is called by the value's own name, where that leaves it apart")
    func titles() {
        let titles = ResultsReport.titles(["max_altitude_km", "final.speed", "final.x", "first.x"])
        #expect(titles == ["max_altitude_km", "speed", "final.x", "first.x"])
    }
}
