import FoundationEssentials
import LynxModel
import Testing

/// Ledgers hold submissions for years, and the hash of a body tells a repeated submission from a new one.
@Suite("Batches of earlier versions")
struct BatchCompatibilityTests {
    @Test("A submission without newer fields is written as ever, to the last byte, and read from that")
    func unchanged() throws {
        let batch = try BatchSubmission.read(yaml: Self.text, name: "b.yaml")
        #expect(String(decoding: try WireJSON.encode(batch), as: UTF8.self) == Self.stored)
        #expect(try BatchSubmission.read(json: Data(Self.stored.utf8)) == batch)
        // Foundation's decoder takes 2.0 for an integer.
        var (decoded, others) = (try WireJSON.decode(BatchSubmission.self, from: Data(Self.stored.utf8)), batch)
        for name in ["j", "k"] {
            decoded.config.dispersions[name] = nil
            others.config.dispersions[name] = nil
        }
        #expect(decoded == others)
    }

    private static let text = """
        name: old study
        runs_override: 12
        config:
          simulation: {name: basic_orbit, version: "1.10", type: basilisk, duration_minutes: 2.5}
          monte_carlo: {runs: 40, sampling_method: random, seed: 18446744073709551615}
          dispersions:
            a: {distribution: {type: uniform, min: 6950000, max: 7.05e6}, units: m}
            b: {distribution: {type: normal, mean: 0, std_dev: 1e-3}}
            c: {distribution: {type: truncated_normal, mean: 0, std_dev: 1, min: -2, max: 3}}
            d: {distribution: {type: lognormal, mu: -1, sigma: 0.5}}
            e: {distribution: {type: triangular, min: 0, mode: 0, max: 1}}
            f: {distribution: {type: exponential, rate: 2}}
            g: {distribution: {type: weibull, shape: 1.5, scale: 2}}
            h: {distribution: {type: beta, alpha: 2, beta: 3}}
            j: {distribution: {type: discrete, values: [1, 2.5, x, "3", true, 2.0], weights: [1, 0, 2, 0.5, 1, 1]}}
            k: {distribution: {type: discrete, values: [1, 2.0]}}
            l: {distribution: {type: constant, value: LEO}, units: orbit}
        """

    /// What the first version of the ledger holds of it.
    private static let stored =
        #"{"config":{"compute":{"job_timeout_seconds":3600,"max_retries":0},"dispersions":{"a":{"distribution":{"max":7050000,"min":6950000,"type":"uniform"},"units":"m"},"b":{"distribution":{"mean":0,"std_dev":0.001,"type":"normal"},"units":""},"c":{"distribution":{"max":3,"mean":0,"min":-2,"std_dev":1,"type":"truncated_normal"},"units":""},"d":{"distribution":{"mu":-1,"sigma":0.5,"type":"lognormal"},"units":""},"e":{"distribution":{"max":1,"min":0,"mode":0,"type":"triangular"},"units":""},"f":{"distribution":{"rate":2,"type":"exponential"},"units":""},"g":{"distribution":{"scale":2,"shape":1.5,"type":"weibull"},"units":""},"h":{"distribution":{"alpha":2,"beta":3,"max":1,"min":0,"type":"beta"},"units":""},"j":{"distribution":{"type":"discrete","values":[1,2.5,"x","3",true,2.0],"weights":[1,0,2,0.5,1,1]},"units":""},"k":{"distribution":{"type":"discrete","values":[1,2.0]},"units":""},"l":{"distribution":{"type":"constant","value":"LEO"},"units":"orbit"}},"early_termination":{"check_frequency_hz":0,"conditions":[],"enabled":false},"monte_carlo":{"runs":40,"sampling_method":"monte_carlo","seed":18446744073709551615},"simulation":{"duration_minutes":2.5,"name":"basic_orbit","type":"basilisk","version":"1.10"},"telemetry":{"variables":[]}},"name":"old study","runs_override":12}"#
}
