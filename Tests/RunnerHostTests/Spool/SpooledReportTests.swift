import LynxModel
import Testing

@testable import RunnerHost

@Suite("A report in the spool")
struct SpooledReportTests {
    @Test("Telemetry that JSON cannot hold does not cost the result")
    func notFinite() throws {
        var report = AttemptReport.sample(.sample("a"))
        report.result.telemetryData["bad"] = TelemetrySeries(
            units: "m", count: 1, first: .nan, last: 1, min: 1, max: 1, timeS: [0], values: [.infinity])
        let sent = try WireJSON.decode(AttemptReport.self, from: SpooledReport(report).json)
        #expect(sent.result.telemetryData.keys.sorted() == ["orbit.radius_km"])
        #expect(sent.result.metadata.warnings == ["telemetry of bad is left out: it holds values that are not finite"])
        #expect(sent.outcome == .success)
    }
}
