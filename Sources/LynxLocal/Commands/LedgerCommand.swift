import ArgumentParser
import ControlPlane
import LynxCLI

struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Look after a ledger's database while no control plane uses it.",
        discussion: """
            'serve' brings a ledger up to date by itself. This is for going back to an older version of the program:
            what that version has no room for is given up.

            EXAMPLES:
              lynxctl ledger version --database ledger.sqlite
              lynxctl ledger migrate --database postgresql://lynx@db/ledger --to 1
            """,
        subcommands: [Version.self, Migrate.self])

    struct Options: ParsableArguments {
        @Option(help: ArgumentHelp("The ledger: an SQLite file, or the URL of a PostgreSQL database.", valueName: "path|url"))
        var database = ".lynx/ledger.sqlite"

        func version() throws -> Int {
            guard let version = try explained({ try LedgerDatabase.version(database) }) else {
                throw CLIError.badInput("there is no ledger in '\(try explained { try LedgerDatabase.displayName(database) })'")
            }
            return version
        }

        func explained<Value>(_ body: () throws -> Value) throws -> Value {
            do {
                return try body()
            } catch let error as StorageError {
                throw CLIError.badInput("\(error)")
            }
        }
    }

    struct Version: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "version", abstract: "Show the version of a ledger's schema.")

        @OptionGroup var options: Options

        func run() throws {
            OutputStream.standard.line("\(try options.version()) (this program: \(LedgerDatabase.currentVersion))")
        }
    }

    struct Migrate: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "migrate", abstract: "Bring a ledger's schema to a version, up or down.")

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp("The version to reach; by default this program's.", valueName: "n"))
        var to = LedgerDatabase.currentVersion

        func validate() throws {
            let known = 1...LedgerDatabase.currentVersion
            if !known.contains(to) { throw ValidationError("--to \(to) is no version: it must be between 1 and \(known.upperBound).") }
        }

        func run() throws {
            _ = try options.version()
            let found = try options.explained { try LedgerDatabase.migrate(options.database, to: to) }
            OutputStream.standard.line(found == to ? "already at version \(to)" : "from version \(found) to \(to)")
        }
    }
}
