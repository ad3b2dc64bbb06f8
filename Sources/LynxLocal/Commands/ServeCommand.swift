import ArgumentParser
import ControlPlane
import Dispatch
import FoundationEssentials
import Logging
import LynxCLI
import ServiceLifecycle
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run a control plane that runners and clients connect to.",
        discussion: """
            Ends in good order on SIGTERM and Ctrl-C. Logs go to standard error. With a certificate, SIGHUP reads it again.

            Without --auth nobody is asked who they are, and only loopback addresses are listened on. Others need --auth,
            and a certificate or --behind-proxy.

            EXAMPLES:
              lynxctl serve
              lynxctl serve --port 9000 --database /var/lib/lynx/ledger.sqlite
              lynxctl serve --database postgresql://lynx@db.example/ledger
              lynxctl serve --host 0.0.0.0 --auth --tls-certificate server.pem --tls-key server.key
            """)

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 8080

    @Option(help: ArgumentHelp("The ledger: an SQLite file, or the URL of a PostgreSQL database.", valueName: "path|url"))
    var database = ".lynx/ledger.sqlite"

    @OptionGroup var artifacts: ArtifactStoreOptions

    @Flag(help: "Ask every caller for a token; 'lynxctl token create --database' makes the first.")
    var auth = false

    @Option(help: ArgumentHelp("Serve HTTPS with this certificate and those that lead to a root (PEM).", valueName: "file"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The certificate's private key (PEM).", valueName: "file"))
    var tlsKey: String?

    @Flag(help: "A proxy in front of this control plane serves HTTPS, and sets X-Forwarded-For.")
    var behindProxy = false

    @Option(help: ArgumentHelp("How long a runner's credential lives; it renews itself at half that time.", valueName: "n"))
    var credentialMinutes = 60.0

    func validate() throws {
        if (tlsCertificate == nil) != (tlsKey == nil) { throw ValidationError("--tls-certificate and --tls-key go together.") }
        if behindProxy, tlsCertificate != nil { throw ValidationError("Give a certificate or --behind-proxy, not both.") }
        if !(0...65535).contains(port) { throw ValidationError("--port \(port) is no port: it must be between 0 and 65535.") }
    }

    func run() async throws {
        if !LedgerDatabase.isURL(database), let folder = database.utf8.lastIndex(of: UInt8(ascii: "/")).map({ String(database[..<$0]) }),
            !folder.isEmpty
        {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw CLIError.badInput("cannot make \(folder) for the ledger: \(SystemMessage.text(of: error))")
            }
        }
        let logger = Logger(label: "lynx.control-plane") { StreamLogHandler.standardError(label: $0) }
        let web = try PageFolder.load()
        let controlPlane = try make(logger, web)
        let host = host
        let scheme = tlsCertificate == nil ? "http" : "https"
        let hasPage = web != nil
        let service = ControlPlaneService(controlPlane: controlPlane) { port in
            let address = host.contains(":") ? "[\(host)]" : host
            OutputStream.standard.line("control plane listening on \(scheme)://\(address):\(port)")
            if hasPage { OutputStream.standard.line("studies in a browser: \(scheme)://\(address):\(port)/ui/") }
        }
        var services = [ServiceGroupConfiguration.ServiceConfiguration(service: service)]
        var interrupts = Interrupts.wanted
        if tlsCertificate != nil {
            services.append(.init(service: CertificateReloading(controlPlane: controlPlane)))
            interrupts.removeAll { $0 == .sighup }
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: services, gracefulShutdownSignals: interrupts, logger: logger))
        do {
            try await group.run()
        } catch let error as ControlPlaneError {
            throw CLIError.unavailable("\(error)")
        } catch {
            throw CLIError.unavailable("the control plane stopped: \(error)")
        }
    }

    private func make(_ logger: Logger, _ web: WebFiles?) throws -> ControlPlane {
        do {
            var configuration = ControlPlaneConfiguration(host: host, port: port, databasePath: database)
            configuration.web = web
            configuration.authentication = auth
            if let tlsCertificate, let tlsKey { configuration.tls = TLSFiles(certificate: tlsCertificate, key: tlsKey) }
            configuration.behindProxy = behindProxy
            configuration.credentialMinutes = credentialMinutes
            configuration.artifacts = artifacts.configuration(database: database)
            return try ControlPlane(configuration: configuration, logger: logger)
        } catch {
            throw CLIError.badInput("\(error)")
        }
    }
}

/// Reads the certificate again at each SIGHUP.
struct CertificateReloading: Service {
    let controlPlane: ControlPlane

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            controlPlane.reloadCertificate()
        }
    }
}
