import FoundationEssentials
import LynxModel
import TestSupport
import Testing

@Suite("Reading a batch")
struct BatchReaderTests {
    @Test("Every field of a batch file arrives in its struct")
    func everything() throws {
        let batch = try BatchSubmission.read(yaml: Self.full, name: "full.yaml")
        #expect(
            batch
                == BatchSubmission(
                    name: "orbit study", runsOverride: 12,
                    config: BatchConfig(
                        simulation: SimulationSpec(name: "basic_orbit", version: "1.10", type: "basilisk", durationMinutes: 2.5),
                        monteCarlo: MonteCarloSpec(runs: 40, samplingMethod: .monteCarlo, seed: .max),
                        dispersions: [
                            "a": Dispersion(distribution: .uniform(min: 6_950_000, max: 7_050_000), units: "m"),
                            "b": Dispersion(distribution: .normal(mean: 0, stdDev: 1e-3)),
                            "c": Dispersion(distribution: .truncatedNormal(mean: 0, stdDev: 1, min: -2, max: 3)),
                            "d": Dispersion(distribution: .lognormal(mu: -1, sigma: 0.5)),
                            "e": Dispersion(distribution: .triangular(min: 0, mode: 0, max: 1)),
                            "f": Dispersion(distribution: .exponential(rate: 2)),
                            "g": Dispersion(distribution: .weibull(shape: 1.5, scale: 2)),
                            "h": Dispersion(distribution: .beta(alpha: 2, beta: 3, min: 0, max: 1)),
                            "i": Dispersion(distribution: .beta(alpha: 2, beta: 3, min: -1, max: 4)),
                            "j": Dispersion(
                                distribution: .discrete(
                                    values: [.integer(1), .number(2.5), .string("x"), .string("3"), .bool(true)],
                                    weights: [1, 0, 2, 0.5, 1])),
                            "k": Dispersion(distribution: .discrete(values: [.integer(1), .number(2)], weights: nil)),
                            "l": Dispersion(distribution: .constant(.string("LEO")), units: "orbit"),
                            "m": Dispersion(distribution: .loguniform(min: 1e-3, max: 10)),
                            "n": Dispersion(distribution: .studentT(df: 4, loc: 0, scale: 1)),
                            "o": Dispersion(distribution: .studentT(df: 2.5, loc: -1, scale: 3)),
                            "p": Dispersion(distribution: .gamma(shape: 2, scale: 0.5)),
                            "q": Dispersion(distribution: .gamma(shape: 2, scale: 0.25)),
                            "r": Dispersion(distribution: .rayleigh(scale: 3)),
                            "s": Dispersion(distribution: .gumbel(loc: 4, scale: 2)),
                            "t": Dispersion(distribution: .empirical(values: [1, 2.5, -3], interpolate: false)),
                            "u": Dispersion(distribution: .truncated(.empirical(values: [1, 2.5], interpolate: true), min: nil, max: 2)),
                            "v": Dispersion(
                                distribution: .mixture([
                                    MixtureComponent(weight: 3, distribution: .normal(mean: 0, stdDev: 1)),
                                    MixtureComponent(weight: 1, distribution: .truncated(.rayleigh(scale: 1), min: 2, max: nil)),
                                ])),
                            "w": Dispersion(distribution: .integerUniform(min: -2, max: 9)),
                            "x": Dispersion(distribution: .files(["winds/a.csv", "winds/b.csv"])),
                            "y": Dispersion(distribution: .truncated(.normal(mean: 0, stdDev: 1), min: -1, max: 2)),
                        ],
                        compute: ComputeSpec(
                            container: ContainerSpec(image: "ghcr.io/lab/sim:1", cpuRequest: "2", memoryRequest: "4Gi"), maxParallelJobs: 4,
                            jobTimeoutSeconds: 90.5, maxRetries: 2),
                        earlyTermination: EarlyTerminationSpec(
                            enabled: true, checkFrequencyHz: 10,
                            conditions: [
                                StoppingCondition(
                                    name: "reentry", description: "too low", variable: "orbit.radius_km", operator: .lt, threshold: 6371,
                                    units: "km"),
                                StoppingCondition(name: "fast", variable: "orbit.speed_km_s", operator: .gte, threshold: -1e3),
                            ]),
                        telemetry: TelemetrySpec(
                            samplingRateHz: 1, variables: ["orbit.radius_km"],
                            storage: TelemetryStorageSpec(s3Bucket: "lab", s3Prefix: "runs/", compression: "none"), bufferFlushIntervalSeconds: 5),
                        correlation: CorrelationSpec(
                            kind: .spearman,
                            values: .pairs([
                                CorrelatedPair(between: ["a", "b"], value: 0.5), CorrelatedPair(between: ["d", "b"], value: -1),
                            ])))))
    }

    @Test("A batch of the required fields alone has the documented defaults")
    func defaults() throws {
        let batch = try BatchSubmission.read(yaml: Self.minimal, name: "b.yaml")
        #expect(batch == BatchSubmission(name: "b", config: BatchConfig(simulation: SimulationSpec(name: "s"), monteCarlo: MonteCarloSpec(runs: 1))))
        #expect(batch.config.simulation.type == "basilisk")
        #expect(batch.config.monteCarlo.samplingMethod == .latinHypercube)
        #expect(batch.config.compute.jobTimeoutSeconds == 3600)
    }

    @Test("A section left empty, or null in JSON, is as good as absent")
    func emptySections() throws {
        let text = Self.minimal + "  dispersions:\n  compute:\n  early_termination:\n    conditions:\n  telemetry: ~\n"
        #expect(try BatchSubmission.read(yaml: text, name: "b.yaml") == BatchSubmission.read(yaml: Self.minimal, name: "b.yaml"))
        let json =
            #"{"name": "b", "runs_override": null, "config": {"simulation": {"name": "s", "duration_minutes": null}, "monte_carlo": {"runs": 1, "seed": null}}}"#
        #expect(try BatchSubmission.read(json: Data(json.utf8)) == BatchSubmission.read(yaml: Self.minimal, name: "b.yaml"))
    }

    @Test("What is read, written as JSON and read again is the same value")
    func roundTripOfFullFile() throws {
        let batch = try BatchSubmission.read(yaml: Self.full, name: "full.yaml")
        #expect(try BatchSubmission.read(json: WireJSON.encode(batch)) == batch)
        #expect(try BatchSubmission.read(json: WireJSON.encode(batch)) == batch)
    }

    @Test("Generated batches survive JSON and YAML", arguments: 0..<60)
    func roundTrip(seed: Int) throws {
        var generator = BatchGenerator(seed: UInt64(seed))
        let batch = generator.batch()
        let data = try WireJSON.encode(batch, pretty: seed.isMultiple(of: 2))
        #expect(try BatchSubmission.read(json: data) == batch)
        // JSON is YAML.
        #expect(try BatchSubmission.read(yaml: String(decoding: data, as: UTF8.self), name: "t.yaml") == batch)
    }

    @Test("Every batch file of the repository is valid")
    func repositoryFiles() throws {
        let folder = Repository.path("scenarios/aerospace/configs")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
        #expect(!files.isEmpty)
        for file in files {
            #expect(throws: Never.self, "\(file)") { try BatchSubmission.read(yamlFile: "\(folder)/\(file)") }
        }
    }

    static let minimal = "name: b\nconfig:\n  simulation: {name: s}\n  monte_carlo: {runs: 1}\n"

    static let full = """
        name: orbit study
        runs_override: 12
        config:
          simulation:
            name: basic_orbit
            version: 1.10
            type: basilisk
            duration_minutes: 2.5
          monte_carlo:
            runs: 40
            sampling_method: random
            seed: 18446744073709551615
          dispersions:
            a: {distribution: {type: uniform, min: 6950000, max: 7.05e6}, units: m}
            b: {distribution: {type: normal, mean: 0, std_dev: 1e-3}}
            c: {distribution: {type: truncated_normal, mean: 0, std_dev: 1, min: -2, max: 3}}
            d: {distribution: {type: lognormal, mu: -1, sigma: 0.5}}
            e: {distribution: {type: triangular, min: 0, mode: 0, max: 1}}
            f: {distribution: {type: exponential, rate: 2}}
            g: {distribution: {type: weibull, shape: 1.5, scale: 2}}
            h: {distribution: {type: beta, alpha: 2, beta: 3}}
            i: {distribution: {type: beta, alpha: 2, beta: 3, min: -1, max: 4}}
            j: {distribution: {type: discrete, values: [1, 2.5, x, "3", true], weights: [1, 0, 2, 0.5, 1]}}
            k: {distribution: {type: discrete, values: [1, 2.0]}}
            l: {distribution: {type: constant, value: LEO}, units: orbit}
            m: {distribution: {type: loguniform, min: 1e-3, max: 10}}
            n: {distribution: {type: student_t, df: 4}}
            o: {distribution: {type: student_t, df: 2.5, loc: -1, scale: 3}}
            p: {distribution: {type: gamma, shape: 2, scale: 0.5}}
            q: {distribution: {type: gamma, shape: 2, rate: 4}}
            r: {distribution: {type: rayleigh, scale: 3}}
            s: {distribution: {type: gumbel, loc: 4, scale: 2}}
            t: {distribution: {type: empirical, values: [1, 2.5, -3]}}
            u: {distribution: {type: empirical, values: [1, 2.5], interpolate: true, truncate: {max: 2}}}
            v:
              distribution:
                type: mixture
                components:
                  - {weight: 3, distribution: {type: normal, mean: 0, std_dev: 1}}
                  - {weight: 1, distribution: {type: rayleigh, scale: 1, truncate: {min: 2}}}
            w: {distribution: {type: integer_uniform, min: -2, max: 9}}
            x: {distribution: {type: files, files: [winds/a.csv, winds/b.csv]}}
            y: {distribution: {type: normal, mean: 0, std_dev: 1, truncate: {min: -1, max: 2}}}
          correlation:
            kind: spearman
            pairs:
              - {between: [a, b], value: 0.5}
              - {between: [d, b], value: -1}
          compute:
            container: {image: "ghcr.io/lab/sim:1", cpu_request: 2, memory_request: 4Gi}
            max_parallel_jobs: 4
            job_timeout_seconds: 90.5
            max_retries: 2
          early_termination:
            enabled: true
            check_frequency_hz: 10
            conditions:
              - {name: reentry, description: too low, variable: orbit.radius_km, operator: lt, threshold: 6371, units: km}
              - {name: fast, variable: orbit.speed_km_s, operator: gte, threshold: -1e3}
          telemetry:
            sampling_rate_hz: 1
            variables: [orbit.radius_km]
            storage: {s3_bucket: lab, s3_prefix: runs/, compression: none}
            buffer_flush_interval_seconds: 5
        """
}
