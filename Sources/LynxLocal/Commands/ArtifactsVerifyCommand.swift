import ArgumentParser
import ControlPlane
import LynxCLI
import LynxCommands
import LynxModel

struct ArtifactsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "artifacts", abstract: "List and download the files of a batch or a job; verify what is stored.",
        subcommands: ClientCommands.ofArtifacts + [ArtifactsVerifyCommand.self])
}

struct ArtifactsVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read every stored file, and hold its length and SHA-256 against the ledger.",
        discussion: """
            Works on the ledger itself, for every tenant; a control plane may be serving it meanwhile. Nothing is changed: what is \
            damaged is stored anew when a runner brings the same content again. Files in the buckets of batches are read too.

            The exit code is 0 if all is sound, 1 if something is missing or damaged, 3 if something cannot be read.

            EXAMPLES:
              lynxctl artifacts verify --database /var/lib/lynx/ledger.sqlite
              lynxctl artifacts verify --database postgresql://lynx@db/ledger --artifact-store s3://lynx-store/lab --json
            """)

    @OptionGroup var ledger: LedgerCommand.Options

    @Option(
        help: ArgumentHelp("As 'serve' was given it: a directory or s3://bucket/prefix (default: artifacts beside the ledger).", valueName: "place"))
    var artifactStore: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        // A ledger that is not there is not to be made.
        _ = try ledger.version()
        let database = ledger.database
        let verification = try await explained {
            let ledger = try LedgerOperator(databasePath: database)
            defer { try? ledger.close() }
            return try await ledger.verifyArtifacts(in: ArtifactConfiguration(store: artifactStore, databasePath: database)) { damage in
                if !json { show(damage) }
            }
        }
        if json { try JSONOutput.print(verification) } else { show(verification) }
        let damaged = verification.damaged.filter { $0.kind != .unreadable }.count
        if damaged > 0 { throw ExitCode(ExitStatus.jobsFailed) }
        if !verification.damaged.isEmpty { throw ExitCode(ExitStatus.unavailable) }
    }

    private func explained<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error where error is StorageError || error is ControlPlaneError {
            throw CLIError.badInput("\(error)")
        }
    }

    private func show(_ damage: ArtifactDamage) {
        let more = damage.uses > damage.files.count ? " and \(damage.uses - damage.files.count) more" : ""
        let files = damage.files.isEmpty ? "no file of a job" : damage.files.joined(separator: ", ") + more
        OutputStream.standard.line("\(damage.place): \(damage.detail); it is \(files)")
    }

    private func show(_ verification: ArtifactVerification) {
        let counts = ArtifactDamage.Kind.allCases.compactMap { kind in
            let count = verification.damaged.count { $0.kind == kind }
            return count > 0 ? "\(count) \(kind.words)" : nil
        }
        let verdict = counts.isEmpty ? "all sound" : counts.joined(separator: ", ")
        OutputStream.standard.line("\(NumberText.count(verification.contents, "stored content")) of \(verification.bytes) bytes: \(verdict)")
    }
}

extension ArtifactDamage.Kind {
    fileprivate var words: String {
        switch self {
        case .missing: "missing"
        case .wrongLength: "of the wrong length"
        case .wrongHash: "with the wrong SHA-256"
        case .unreadable: "that cannot be read"
        }
    }
}
