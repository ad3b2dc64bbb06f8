import EngineKit

/// The settings of all engines that run Python scripts, besides the one that names the script.
enum ScriptSettings {
    static let warmWorkers = Setting.boolean(
        "warm_workers", traits: .fromRunner, default: true,
        "Whether jobs are copied from a process that has done the scenario's imports, once that is proved.")
    static let proveAfter = Setting.integer(
        "warm_prove_after", shownDefault: "when it pays", units: "runs", atLeast: 0,
        "Cold runs of an entrypoint, counted across restarts, after which the proof competes with jobs; until then it uses idle processors only.")
    static let checkEvery = Setting.integer(
        "warm_check_every", shownDefault: "by time: a fiftieth of it", units: "runs", atLeast: 0,
        "One run in every so many, the middle one, is repeated cold; 0 disables this.")
    static let checkIgnore = Setting.string(
        "warm_check_ignore", default: "execution_time_s, execution_time_secs, telemetry",
        "JSON members and table columns that may differ between warm and cold runs, comma-separated.")
    static let expectedJobs = Setting.integer(
        "expected_jobs", traits: .fromRunner, units: "jobs", atLeast: 0, "How many jobs there will be in all, which tells whether a proof pays.")

    static let all = [warmWorkers.key, expectedJobs.key, proveAfter.key, checkEvery.key, checkIgnore.key]
}
