import EngineABI
import RunnerHost

/// All checks, in the order in which they are made.
package enum CheckTable {
    package static let all: [Check] =
        LibraryChecks.all + TableChecks.all + ExtensionChecks.all + ConfigureChecks.all + JobChecks.all + HostileJobChecks.all + StopChecks.all
        + CollectChecks.all + VersionChecks.all + ShortageChecks.all + LeakChecks.all + ConcurrencyChecks.all + ProcessChecks.all

    /// The first look at an engine, which is no check.
    static let look = Check("look", "", .init("", "")) { _ in }

    static func find(_ name: String) -> Check? { ([look, FuzzSequence.check] + all).first { $0.name == name } }

    /// What the engine's table says of it.
    static func describe(_ trial: Trial) throws -> CheckedEngine {
        let raw = try trial.load().table, table = raw.pointee
        return CheckedEngine(
            id: table.id.text, version: table.version.text, abi: "\(table.abi_major).\(table.abi_minor)",
            runnerFields: EngineDeclaration(raw)?.fromRunner)
    }
}
