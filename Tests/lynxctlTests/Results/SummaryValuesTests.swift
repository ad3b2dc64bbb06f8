import Foundation
import LynxCLI
import Testing

@Suite("Summary values")
struct SummaryValuesTests {
    @Test("The numbers of a summary come in its own order, inner ones with their path; everything else is passed over")
    func order() {
        let json = """
            {"zeta": 1, "alpha": 2.5, "ok": true, "name": "n", "list": [1, 2], "final": {"y": 3, "b": 4, "deep": {"x": 1}}, "none": null}
            """
        let values = SummaryValues(json: Data(json.utf8))
        #expect(values.names == ["zeta", "alpha", "final.y", "final.b"])
        #expect(values.numbers == ["zeta": 1, "alpha": 2.5, "final.y": 3, "final.b": 4])
    }

    @Test("A text that is no JSON object has no values, and a warning", arguments: ["", "[1, 2]", "7", "{\"a\": ", "{\"a\": 1, NaN: 2}", "\u{0}"])
    func noObject(text: String) {
        let values = SummaryValues(json: Data(text.utf8))
        #expect(values.names.isEmpty)
        #expect(values.warnings.count == 1 && values.warnings[0].hasPrefix("summary.json"), "\(values.warnings)")
    }

    @Test("Numbers that are not finite are numbers, however they are written")
    func notFinite() {
        let json = #"{"a": NaN, "b": Infinity, "c": -Infinity, "d": nan, "e": -inf, "f": 1e999, "g": {"h": -nan}, "i": "NaN", "j": null, "k": 1}"#
        let values = SummaryValues(json: Data(json.utf8))
        #expect(values.names == ["a", "b", "c", "d", "e", "f", "g.h", "k"])
        #expect(values.names.map { NumberText.exact(values.numbers[$0]!) } == ["NaN", "Infinity", "-Infinity", "NaN", "-Infinity", "Infinity", "NaN", "1.0"])
        #expect(values.warnings == ["summary.json: a is NaN, b is Infinity, c is -Infinity, d is NaN, e is -Infinity, and 2 more are not finite"])
    }

    @Test("Columns tell how the runs ended, differ between them, and are no bookkeeping")
    func columns() {
        let runs = (0..<3).map { run in
            SummaryValues(
                json: Data(
                    """
                    {"run_index": \(run), "seed": \(run * 7), "mu": 398600.4, "sample_count": 42, "execution_time_s": 0.\(run),
                     "final_radius_km": \(7000 + run), "period_s": \(5800 + run), "final_speed_km_s": 7.\(run), "final_x_km": \(run), "energy": \(-run)}
                    """.utf8))
        }
        #expect(SummaryColumns.choose(from: runs) == ["final_radius_km", "period_s", "final_speed_km_s", "final_x_km"])
        #expect(SummaryColumns.choose(from: runs, atMost: 2) == ["final_radius_km", "final_speed_km_s"])
    }

    @Test("Where there is only bookkeeping, it is shown")
    func onlyBookkeeping() {
        #expect(SummaryColumns.choose(from: [SummaryValues(json: Data(#"{"sample_count": 3}"#.utf8))]) == ["sample_count"])
    }
}
