import FoundationEssentials
import LynxModel
import TestSupport
import Testing

@Suite("The runner protocol")
struct RunnerProtocolTests {
    @Test("Peers of earlier minor versions are understood, and of one later", arguments: [
            ("1.0", true), ("1.1", true), ("1.2", true), ("1.3", true), ("1.4", true), ("1.5", true), ("1.6", true), ("1.7", true),
            ("1.8", true), ("1.9", false), ("2.0", false), ("2.1", false), ("0.1", false), ("1", false),
        ("", false), ("1.0.0", false), ("1.x", false), ("1.-1", false), ("1.99999999999999999999", false), ("1.", false),
    ])
    func versions(version: String, understood: Bool) {
        #expect(RunnerProtocol.understands(version) == understood)
    }

    @Test("What a 1.0 runner sends is read, its newer fields as if they were not there")
    func oldRunner() throws {
        func read<Value: Decodable>(_ json: String, as type: Value.Type = Value.self) throws -> Value {
            try WireJSON.decode(type, from: Data(json.utf8))
        }
        let beat: HeartbeatRequest = try read(#"{"runner_id":"r","session_id":"s","attempts":[{"job_id":"j","attempt":2}]}"#)
        #expect(beat == HeartbeatRequest(runnerID: "r", sessionID: "s", attempts: [AttemptKey(jobID: "j", attempt: 2)]))
        #expect(beat.waitSeconds == nil && beat.cancelling == nil && beat.drained == nil && beat.engines == nil)
        let register: RegisterRequest = try read(
            """
            {"runner_id":"r","session_id":"s","name":"n","version":"0.1.0","protocol_version":"1.0",
             "capabilities":{"max_concurrent_jobs":1,"cpu_cores":1,"memory_gb":1,"gpu_available":false,"supported_simulation_types":[]},
             "engines":[{"id":"basilisk","version":"1.0.0"}]}
            """)
        #expect(register.protocolVersion == "1.0" && register.engines == [RunnerEngine(id: "basilisk", version: "1.0.0")])
        let report: AttemptReport = try read(
            """
            {"runner_id":"r","batch_id":"b","attempt":1,"retryable":false,"result":{"job_id":"b-0","success":true,
             "execution_time_secs":1.5,"output_files":[],"artifacts":[],
             "telemetry_data":{"x":{"units":"m","count":1,"first":1,"last":1,"min":1,"max":1,"time_s":[0],"values":[1]}},
             "metadata":{"run_id":"b-0/attempt-1","run_index":0,"attempt":1,"simulation_name":"s","simulation_version":"1.0",
             "engine":"e","engine_version":"1","runner_id":"r","outcome":"success","warnings":[]}}}
            """)
        #expect(report.result.telemetryData["x"]?.values == [1])
    }

    @Test("What a 1.0 control plane answers is read, and taken for what 1.0 means")
    func oldControlPlane() throws {
        let answer = try WireJSON.decode(
            RegisterResponse.self, from: Data(#"{"lease_seconds":30,"heartbeat_interval_seconds":5}"#.utf8))
        #expect(answer == RegisterResponse(leaseSeconds: 30, heartbeatIntervalSeconds: 5))
        #expect(answer.protocolVersion == nil)
        #expect(!RunnerProtocol.isAtLeast(minor: 1, RunnerProtocol.unnamedVersion))
        #expect(RunnerProtocol.isAtLeast(minor: 1, RunnerProtocol.version))
    }

    @Test("Parameters that are floats arrive as floats, also those with whole values")
    func floats() throws {
        let parameters: [String: ParameterValue] = [
            "whole": .number(1), "minus": .number(-0.0), "large": .number(1e16), "half": .number(0.5), "count": .integer(1), "mode": .string("1.0"),
        ]
        let assignment = JobAssignment(
            jobID: "b-0", batchID: "b", attempt: 1, timeoutSecs: 1,
            runConfig: RunConfiguration(
                jobID: "b-0", batchID: "b", runIndex: 0, seed: 1, simulation: SimulationSpec(name: "s"), parameters: parameters, units: [:]),
            earlyTermination: EarlyTerminationSpec(), telemetry: TelemetrySpec())
        let arrived = try WireJSON.decode(JobAssignment.self, from: WireJSON.encode(assignment))
        #expect(arrived == assignment)
        guard case .number(let minus)? = arrived.runConfig.parameters["minus"] else { return #expect(Bool(false), "\(arrived)") }
        #expect(minus.sign == .minus)
    }

    @Test("What an engine keeps is written by the names of the API")
    func warmWorkers() throws {
        let engine = RunnerEngine(
            id: "basilisk", version: "1.0.0",
            warmWorkers: [WarmWorker(entrypoint: "a.py", state: .off, pid: 7, rssBytes: 8, jobsStarted: 9, message: "why")])
        let json = try WireJSON.encode(engine)
        #expect(
            String(decoding: json, as: UTF8.self)
                == #"{"id":"basilisk","version":"1.0.0","warm_workers":[{"entrypoint":"a.py","jobs_started":9,"message":"why","pid":7,"rss_bytes":8,"state":"off"}]}"#
        )
        #expect(try WireJSON.decode(RunnerEngine.self, from: json) == engine)
    }

    @Test("Fields that a peer does not know are left out where they say nothing")
    func nothingNew() throws {
        let beat = try WireJSON.encode(HeartbeatRequest(runnerID: "r", sessionID: "s", attempts: []))
        #expect(String(decoding: beat, as: UTF8.self) == #"{"attempts":[],"runner_id":"r","session_id":"s"}"#)
    }
}
