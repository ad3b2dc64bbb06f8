import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("Samples that break the rules", .timeLimit(.minutes(5)))
struct BadSampleTests {
    private static let names = [#""n" * 300"#, #""""#, #""ok""#]
    private static let reasons = ["the name has more than 256 bytes: 'nnnn", "the name is empty", "the units have more than 64 bytes: 'ok'"]

    @Test("A bad sample hides no breach of its batch, and the result tells of it", arguments: ["client", "grpc"])
    func breachBesideBadSample(way: String) async throws {
        let study = try StudyFixture(
            """
            import grpc
            from lynx_scenario import TelemetryClient
            from lynx_scenario._proto import telemetry_pb2 as pb

            name = [\(Self.names.joined(separator: ", "))][run]
            samples = [(name, 1.0, 1.0, "u" * 100 if run == 2 else ""), ("alt", -7.0, 1.0, "")]
            if "\(way)" == "client":
                with TelemetryClient.from_env() as telemetry:
                    for sample in samples:
                        telemetry.emit(*sample)
            else:
                channel = grpc.insecure_channel(os.environ["TETRYX_TELEMETRY_URL"].removeprefix("http://"))
                report = channel.unary_unary(
                    "/tetryx.telemetry.v1.TelemetryService/Report", pb.TelemetryBatch.SerializeToString, pb.TelemetryAck.FromString)
                report(pb.TelemetryBatch(samples=[pb.Sample(name=n, value=v, sim_time_s=t, units=u) for n, v, t, u in samples]))
            """, runs: 3,
            earlyTermination: "{enabled: true, conditions: [{name: ground, variable: alt, operator: lt, threshold: 0}]}")
        let end = try await study.startRun().end()
        #expect(end.exitCode == 1, "\(end.errors)")
        let document = try StudyDocument(end.output)
        for run in 0..<3 {
            let result = try document.result(run)
            #expect(result.metadata.outcome == .breach, "run \(run): \(result)")
            #expect(result.telemetryData["alt"]?.values == [-7])
            let warning = try #require(result.metadata.warnings.first { $0.contains("refused") }, "run \(run): \(result.metadata.warnings)")
            #expect(warning.hasPrefix("telemetry: 1 sample refused, as \(Self.reasons[run])"), "\(warning)")
        }
    }
}
