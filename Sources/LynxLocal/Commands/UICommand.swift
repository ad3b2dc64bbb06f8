import ArgumentParser
import ControlPlane
import Dispatch
import Glibc
import Logging
import LynxCLI
import ServiceLifecycle
import Support
import UnixSignals

struct UICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ui", abstract: "Show the studies of a ledger in a browser.",
        discussion: """
            Serves the page on a loopback address until Ctrl-C, and hands out no jobs. 'lynxctl run' or a control plane may be \
            at work on the ledger meanwhile.

            EXAMPLES:
              lynxctl ui
              lynxctl ui /data/study/ledger.sqlite --no-browser
            """)

    @Argument(
        help: ArgumentHelp(
            "The ledger: an SQLite file, the state directory that it is in, or the URL of a PostgreSQL database.", valueName: "ledger"))
    var ledger = StateDirectory.standardPath

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 0

    @Flag(help: "Only print the page's address.")
    var noBrowser = false

    func validate() throws {
        if !(0...65535).contains(port) { throw ValidationError("--port \(port) is no port: it must be between 0 and 65535.") }
    }

    func run() async throws {
        let database = try Self.database(ledger)
        guard let web = try PageFolder.load() else {
            throw CLIError.unavailable(
                "the page's files are not here: they are looked for in 'web' of the sources above lynxctl, and in share/lynx/web beside its "
                    + "folder; name their folder in \(PageFolder.variable)")
        }
        let opens = !noBrowser
        do {
            try await LocalPage.serve(database, port: port, web) { port in
                let page = "http://127.0.0.1:\(port)/ui/"
                OutputStream.standard.line("the studies of \(database): \(page)  (Ctrl-C ends it)")
                if opens, !Browser.open(page) { OutputStream.standard.line(Self.notFound) }
            }
        } catch let error as ControlPlaneError {
            throw CLIError.unavailable("\(error)")
        }
    }

    private static let notFound = "no browser was found to open it with; BROWSER names one"

    /// The database that a person named, which must be there: a wrong name is not to make an empty one.
    private static func database(_ name: String) throws -> String {
        if LedgerDatabase.isURL(name) { return name }
        guard let status = FileStatus(name) else {
            throw CLIError.badInput("there is no ledger '\(name)'; give the SQLite file, such as .lynx/ledger.sqlite, or the folder it is in")
        }
        guard status.isDirectory else { return name }
        let file = name.hasSuffix("/") ? "\(name)ledger.sqlite" : "\(name)/ledger.sqlite"
        guard FileStatus(file) != nil else {
            throw CLIError.badInput("there is no ledger.sqlite in '\(name)'; run a study first, or name another ledger")
        }
        return file
    }
}

/// A control plane that only shows what a ledger holds.
private enum LocalPage {
    /// Until a signal ends it.
    static func serve(_ database: String, port: Int, _ web: WebFiles, _ onListening: @escaping @Sendable (Int) -> Void) async throws {
        // A person reads this terminal: only what is wrong is told.
        let logger = Logger(label: "lynx.control-plane") { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .warning
            return handler
        }
        var configuration = ControlPlaneConfiguration(
            port: port, databasePath: database, artifacts: ArtifactConfiguration(databasePath: database))
        configuration.isViewer = true
        configuration.web = web
        configuration.readsRunnersFiles = true
        let controlPlane: ControlPlane
        do {
            controlPlane = try ControlPlane(configuration: configuration, logger: logger)
        } catch let error as StorageError {
            throw CLIError.badInput("\(error)")
        }
        let service = ControlPlaneService(controlPlane: controlPlane) { onListening($0) }
        var life = ServiceGroupConfiguration(services: [.init(service: service)], gracefulShutdownSignals: Interrupts.wanted, logger: logger)
        // Streams of events that a browser holds open are not waited for.
        life.maximumGracefulShutdownDuration = .seconds(3)
        try await ServiceGroup(configuration: life).run()
    }
}
