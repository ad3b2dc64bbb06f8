import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("Telemetry of a study", .timeLimit(.minutes(5)))
struct WatchdogTests {
    @Test("A run that exits with 0 before its breach could be told fails all the same; what cannot be judged fails or is told")
    func judgedToTheEnd() async throws {
        // A point of the grid every thousand seconds: each of these runs is over long before the first.
        let study = try StudyFixture(
            """
            from lynx_scenario import TelemetryClient
            with TelemetryClient.from_env() as telemetry:
                if run != 3:
                    telemetry.emit("height", 120.0, 1.0, units="m" if run == 1 else "km")
                    telemetry.emit("height", [90.5, 90.5, float("nan"), 0.0, 110.0][run], 2.5, units="m" if run == 1 else "km")
                    telemetry.emit("height", 150.0, 3.0, units="m" if run == 1 else "km")
            """, runs: 5,
            earlyTermination: """
                {enabled: true, check_frequency_hz: 0.001, conditions: [{name: low, variable: height, operator: lte, threshold: 100, units: km}]}
                """)
        let end = try await study.startRun().end()
        #expect(end.exitCode == 1, "\(end.errors)")
        let document = try StudyDocument(end.output)
        let messages = document.jobs.sorted { $0.runConfig.runIndex < $1.runConfig.runIndex }.map(\.errorMessage)
        #expect(
            messages == [
                "early termination 'low': height = 90.5 km ≤ 100 km at t = 2.5 s",
                "early termination 'low': height is reported in 'm', but the condition's threshold is in 'km'",
                "early termination 'low': height = nan km is not a finite number at t = 2.5 s",
                nil,
                nil,
            ])
        for run in 0..<5 {
            let result = try document.result(run)
            #expect(result.metadata.outcome == (run < 3 ? .breach : .success))
            let unseen = "early termination 'low' was never checked: no telemetry of 'height' came"
            #expect(result.metadata.warnings.contains(unseen) == (run == 3))
        }
        #expect(try document.result(0).metadata.exitCode == 0)
        #expect(try document.result(0).telemetryData["height"]?.values == [120, 90.5, 150])
        #expect(study.isQuiet)
    }

    @Test("A breach ends the whole tree of processes at once")
    func killsTheTree() async throws {
        let study = try StudyFixture(
            """
            from lynx_scenario import TelemetryClient
            spawn("setsid", "sh", "-c", "trap '' TERM HUP; sleep 1000 & wait")
            open(output + "/partial.txt", "w").write("so far")
            telemetry = TelemetryClient.from_env()
            telemetry.emit("height", 7, 4.0, units="km")
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            wait()
            """, runs: 1,
            earlyTermination: """
                {enabled: true, check_frequency_hz: 50, conditions: [{name: low, variable: height, operator: lt, threshold: 100, units: km}]}
                """)
        let end = try await study.startRun().end()
        #expect(end.exitCode == 1, "\(end.errors)")
        #expect(study.isQuiet)
        let document = try StudyDocument(end.output)
        #expect(document.jobs.map(\.errorMessage) == ["early termination 'low': height = 7 km < 100 km at t = 4 s"])
        #expect(document.results.map(\.metadata.exitSignal) == [SIGKILL])
        #expect(document.results.first?.artifacts.map(\.path) == ["partial.txt"])
        #expect(document.results.first?.telemetryData["height"]?.values == [7])
    }
}
