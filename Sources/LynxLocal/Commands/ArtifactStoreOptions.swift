import ArgumentParser
import ControlPlane
import LynxCLI

/// Where `serve` keeps the files of jobs.
struct ArtifactStoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the files of jobs are kept: a directory or s3://bucket/prefix (default: artifacts beside the ledger).",
            valueName: "place"))
    var artifactStore: String?

    @Option(help: ArgumentHelp("The most that each tenant's files may have together (default: no limit).", valueName: "GB"))
    var artifactQuotaGb: Double?

    @Option(
        help: ArgumentHelp(
            "How long files and telemetry of batches that don't say are kept after their end (default: for ever).", valueName: "days"))
    var retainDays: Double?

    func validate() throws {
        if let artifactQuotaGb, !(artifactQuotaGb > 0 && artifactQuotaGb < 1e9) {
            throw ValidationError("--artifact-quota-gb \(artifactQuotaGb) is no size: it must be above 0.")
        }
    }

    /// - Parameter database: of the ledger.
    func configuration(database: String) -> ArtifactConfiguration {
        ArtifactConfiguration(
            store: artifactStore, databasePath: database, quotaBytes: artifactQuotaGb.map { Int64($0 * 1e9) }, retainDays: retainDays)
    }
}
