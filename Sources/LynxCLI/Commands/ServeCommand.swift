import ArgumentParser
import ControlPlane
import FoundationEssentials
import Logging
import ServiceLifecycle

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run a control plane that runners and clients connect to.",
        discussion: """
            Ends in good order on SIGTERM and Ctrl-C. Logs go to standard error.

            EXAMPLES:
              lynxctl serve
              lynxctl serve --port 9000 --database /var/lib/lynx/ledger.sqlite
            """)

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 8080

    @Option(help: ArgumentHelp("The ledger (SQLite).", valueName: "path"))
    var database = ".lynx/ledger.sqlite"

    func validate() throws {
        if !(0...65535).contains(port) { throw ValidationError("--port \(port) is no port: it must be between 0 and 65535.") }
    }

    func run() async throws {
        if let folder = database.lastIndex(of: "/").map({ String(database[..<$0]) }), !folder.isEmpty {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw CLIError.badInput("cannot make \(folder) for the ledger: \(SystemError.text(of: error))")
            }
        }
        let logger = Logger(label: "lynx.control-plane") { StreamLogHandler.standardError(label: $0) }
        let controlPlane = try make(logger)
        let host = host
        let service = ControlPlaneService(controlPlane: controlPlane) { port in
            let address = host.contains(":") ? "[\(host)]" : host
            OutputStream.standard.line("control plane listening on http://\(address):\(port)")
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: service)], gracefulShutdownSignals: Interrupts.wanted, logger: logger))
        do {
            try await group.run()
        } catch {
            throw CLIError.unavailable("the control plane stopped: \(error)")
        }
    }

    private func make(_ logger: Logger) throws -> ControlPlane {
        do {
            return try ControlPlane(
                configuration: ControlPlaneConfiguration(host: host, port: port, databasePath: database), logger: logger)
        } catch {
            throw CLIError.badInput("\(error)")
        }
    }
}
