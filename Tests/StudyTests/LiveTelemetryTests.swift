import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("Telemetry of a job that runs", .timeLimit(.minutes(5)))
struct LiveTelemetryTests {
    /// Reports a value each hundredth of a second, for ever.
    private static let scenario = """
        from lynx_scenario import TelemetryClient
        telemetry = TelemetryClient.from_env()
        for step in range(1_000_000):
            telemetry.emit("height", 1000.0 - step, float(step), units="m")
            time.sleep(0.01)
        """

    @Test("It grows while it is watched, and all of it is there when the job was cancelled")
    func live() async throws {
        let study = try StudyFixture(Self.scenario, runs: 1, telemetry: "{buffer_flush_interval_seconds: 0.1}")
        let server = try await ControlPlaneServer.start(study)
        let batch = try await server.submit()
        let job = "\(batch)-0"
        let runner = try server.startRunner()
        func telemetry(_ arguments: String...) async throws -> JobTelemetry {
            let end = try await Program.run(
                "lynxctl", ["telemetry", job, "--json", "--control-plane", server.url] + arguments, in: study.directory.path)
            #expect(end.exitCode == 0, "\(end.errors)")
            return try WireJSON.decode(JobTelemetry.self, from: Data(end.output.utf8))
        }
        // Asking takes as long as it takes; the suite's limit is what ends this, should nothing come.
        var seen = 0, growths = 0
        while growths < 3 {
            let answer = try await telemetry()
            #expect(!answer.complete)
            let variable = answer.variables["height"]
            if let variable, variable.values.count > seen {
                (seen, growths) = (variable.values.count, growths + 1)
                #expect(variable.values == variable.timeS.map { 1000 - $0 } && variable.timeS == (0..<seen).map { Double($0) })
                #expect(variable.units == "m" && variable.count == nil)
            }
        }
        _ = try await server.ask("cancel", job)
        #expect(await study.lifeline.ended())
        let document = try await server.results(of: batch)
        let series = try #require(document.results.first?.telemetryData["height"])
        #expect(series.count >= seen && series.values.count == series.count)
        #expect(series.values == (0..<series.count).map { 1000 - Double($0) })
        #expect(series.first == 1000 && series.min == series.last && series.max == 1000)

        let whole = try await telemetry("--max-points", "4", "--from", "1", "--to", "10")
        #expect(whole.complete)
        #expect(whole.variables["height"]?.points == 10 && whole.variables["height"]?.timeS.first == 1)
        let csv = try await Program.run(
            "lynxctl", ["telemetry", batch, "--csv", "--to", "1", "--control-plane", server.url], in: study.directory.path)
        #expect(
            csv.output == "job_id,run_index,variable,units,time_s,value\r\n\(job),0,height,m,0.0,1000.0\r\n\(job),0,height,m,1.0,999.0\r\n")
        try await endOrderly(runner, server)
    }
}
