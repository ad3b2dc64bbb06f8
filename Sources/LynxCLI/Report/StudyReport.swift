import LynxModel

/// All that a report of a study shows.
package struct StudyReport: Encodable, Sendable {
    var overview: BatchOverview
    var verdicts: StudyVerdicts
    var statistics: StudyStatistics
    var drivers: StudyDrivers
    /// Runs that fail, those of the first requirements first, with what they were given and gave.
    var worst: [Run]

    struct Run: Encodable, Sendable {
        var job: Job
        var outputs: [RunOutput]
        var why: String
    }

    private static let mostWorst = 10

    /// - Parameter pairs: of outputs whose ellipses are shown, as `x:y,x:y` or `units`; nil for none.
    package static func fetch(_ batchID: String, pairs: String?, from api: APIClient) async throws -> StudyReport {
        let overview = try await api.overview(of: batchID)
        let verdicts = try await api.verdicts(of: batchID)
        let statistics = try await statistics(of: batchID, pairs: pairs, from: api)
        let drivers = try await api.drivers(of: batchID)
        var worst: [Run] = []
        var seen: Set<Int> = []
        for verdict in verdicts.verdicts {
            for run in verdict.firstFailures where worst.count < mostWorst && seen.insert(run).inserted {
                worst.append(try await Self.run(run, of: batchID, why: "fails \(verdict.name)", from: api))
            }
        }
        if worst.count < mostWorst {
            for job in try await api.jobs(of: batchID, status: .failed, atMost: mostWorst) where worst.count < mostWorst && seen.insert(job.runConfig.runIndex).inserted {
                worst.append(try await Self.run(job.runConfig.runIndex, of: batchID, why: job.errorMessage ?? "failed", from: api))
            }
        }
        return StudyReport(overview: overview, verdicts: verdicts, statistics: statistics, drivers: drivers, worst: worst)
    }

    /// Without ellipses that nobody asked for by name, where the control plane is too old to know of any.
    private static func statistics(of batchID: String, pairs: String?, from api: APIClient) async throws -> StudyStatistics {
        do {
            return try await api.statistics(of: batchID, pairs: pairs)
        } catch let error as CLIError where error.isOfOlderControlPlane && pairs == EllipsePairs.sharedUnitsWord {
            return try await api.statistics(of: batchID)
        }
    }

    private static func run(_ index: Int, of batchID: String, why: String, from api: APIClient) async throws -> Run {
        let id = "\(batchID)-\(index)"
        let job = try await api.job(id)
        return Run(job: job, outputs: (try? await api.result(of: id).outputs ?? []) ?? [], why: why)
    }
}
