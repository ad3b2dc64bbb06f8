import FoundationEssentials
import LynxModel
import Testing
import TestSupport

@testable import RunnerHost

@Suite("Telemetry that is flushed while a simulation runs", .timeLimit(.minutes(2)))
struct TelemetryFlushTests {
    /// Reports a value each few milliseconds until the test opens the gate, and one more.
    private static let scenario = """
        import os, time
        from lynx_scenario import TelemetryClient
        here = os.path.dirname(os.path.abspath(__file__))
        with TelemetryClient.from_env() as telemetry:
            step = 0
            while not os.path.exists(here + "/enough"):
                telemetry.emit("level", float(step), float(step), "m")
                step += 1
                time.sleep(0.005)
            telemetry.flush(10)
            telemetry.emit("level", float(step), float(step), "m")
            telemetry.emit("late", 1.0, 0.0, "")
        """

    @Test("Chunks and the rest in the report are the whole series, also when some could not be written at first", arguments: [0, 3])
    func whole(refusals: Int) async throws {
        let bench = try SupervisorBench.basilisk(Self.scenario)
        let outlet = KeepingOutlet(refusals: refusals)
        var assignment = bench.assignment()
        assignment.telemetry.bufferFlushIntervalSeconds = 0.05
        assignment.telemetry.storage = TelemetryStorageSpec(compression: "none")
        let run = Task { [assignment] in await bench.run(assignment, telemetry: outlet) }
        try await outlet.wait(for: 3)
        try bench.directory.write("enough", "")
        let report = await run.value
        #expect(report.outcome == .success, "\(report.result.errorMessage ?? "")")
        #expect(report.telemetryChunks == outlet.taken.count)

        let rest = try #require(report.result.telemetryData["level"])
        var assembly = TelemetryAssembly()
        for data in outlet.taken {
            // Packed as the batch wants it.
            #expect(data[5] == 0)
            assembly.add(try TelemetryChunk(data))
        }
        let positions = try #require(report.telemetryTail)
        assembly.add(
            TelemetryChunk(
                columns: try report.result.telemetryData.map { name, series in
                    let position = try #require(positions[name])
                    return .init(name: name, units: series.units, position: position, timeS: series.timeS, values: series.values)
                }))
        // On a slow machine the run may outgrow its bound of points, and is thinned.
        let step = try #require(positions["level"]).step
        let isWhole = assembly.series["level"]?.values == stride(from: 0, to: rest.count, by: step).map(Double.init)
        #expect(isWhole)
        #expect(rest.first == 0 && rest.min == 0 && rest.last == Double(rest.count - 1) && rest.max == rest.last)
        // It may have come in time for one more chunk.
        #expect(assembly.series["late"]?.values == [1])
    }

    @Test("A run that is over before the first flush is due has no chunks, and a report without a word of them")
    func short() async throws {
        let bench = try SupervisorBench.basilisk(Self.scenario)
        try bench.directory.write("enough", "")
        let outlet = KeepingOutlet()
        let report = await bench.run(bench.assignment(), telemetry: outlet)
        #expect(report.result.telemetryData["level"]?.values == [0])
        #expect(report.telemetryChunks == nil && report.telemetryTail == nil && outlet.taken.isEmpty)
    }

    @Test("Where nothing takes chunks, all goes with the result")
    func closed() async throws {
        let bench = try SupervisorBench.basilisk(Self.scenario)
        var assignment = bench.assignment()
        assignment.telemetry.bufferFlushIntervalSeconds = 0.001
        try bench.directory.write("enough", "")
        let report = await bench.run(assignment)
        #expect(report.telemetryChunks == nil && report.result.telemetryData["level"]?.values == [0])
    }
}
