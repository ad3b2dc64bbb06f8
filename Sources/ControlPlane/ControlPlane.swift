import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
import ServiceLifecycle

/// The control plane: a ledger of batches, jobs and runners, and the HTTP API over it.
public final class ControlPlane: Sendable {
    private let configuration: ControlPlaneConfiguration
    private let logger: Logger
    private let certificate: ServerCertificate?
    /// No batch has this id.
    private static let noBatch = "-"
    let ledger: Ledger
    let artifacts: ArtifactStore?

    /// Opens the ledger and brings its schema up to date.
    ///
    /// - Throws: `ControlPlaneError` for a configuration that can't be served, `StorageError` for a ledger that can't be used.
    public convenience init(configuration: ControlPlaneConfiguration, logger: Logger) throws {
        try self.init(configuration: configuration, clock: WallClock(), logger: logger)
    }

    init(
        configuration: ControlPlaneConfiguration, clock: any ControlPlaneClock, logger: Logger, buckets: Buckets = Buckets()
    ) throws {
        try configuration.check()
        certificate = try configuration.tls.map { try ServerCertificate($0, logger: logger) }
        artifacts = try configuration.artifacts.map { try ArtifactStore($0, buckets: buckets, makes: !configuration.isViewer) }
        self.configuration = configuration
        self.logger = logger
        ledger = Ledger(
            driver: try LedgerDatabase.open(configuration.databasePath, alone: !configuration.isViewer), clock: clock,
            policy: LedgerPolicy(
                leaseMilliseconds: Instant((configuration.leaseSeconds * 1000).rounded()),
                maxLostAttempts: configuration.maxLostAttempts),
            onlyBatch: configuration.isViewer ? Self.noBatch : configuration.onlyBatch)
    }

    /// Reads certificate and key again, for the connections made from now on. Bad files are logged, and change nothing.
    public func reloadCertificate() { certificate?.reload() }

    /// Hands out only jobs of `batchID` from now on; nil lifts the restriction. For a control plane that serves one study.
    public func restrict(to batchID: String?) { ledger.onlyBatch = batchID }

    /// Serves until the task is cancelled or a graceful shutdown begins; then lets the calls in flight end, and
    /// closes the ledger. To be called once.
    ///
    /// - Parameter onListening: called once, with the port, when calls are being answered.
    /// - Throws: `ControlPlaneError.cannotListen` if the address can't be had.
    public func run(onListening: @escaping @Sendable (_ port: Int) async -> Void) async throws {
        do {
            defer { try? ledger.driver.close() }
            if !configuration.isViewer { try await ledger.extendLeases() }
            let group = ServiceGroup(configuration: .init(services: [.init(service: try application(onListening: onListening))], logger: logger))
            // A server that is cancelled drops connections it has accepted and not yet served, which NIO takes for a
            // programming error: so cancellation, too, is an orderly end.
            let life = Task { try await group.run() }
            let end: @Sendable () -> Void = {
                // Calls that are held are answered, so that nobody waits for them.
                self.ledger.work.silence()
                self.ledger.changes.silence()
                self.ledger.runnerBells.silence()
                Task { await group.triggerGracefulShutdown() }
            }
            try await withTaskCancellationHandler {
                try await withGracefulShutdownHandler { try await life.value } onGracefulShutdown: { end() }
            } onCancel: {
                end()
            }
        } catch let error as IOError {
            throw ControlPlaneError.cannotListen(host: configuration.host, port: configuration.port, code: error.errnoCode)
        } catch let error as SocketAddressError {
            guard case .unknown = error else { throw error }
            throw ControlPlaneError.cannotListen(host: configuration.host, port: configuration.port, code: nil)
        } catch is CancellationError {
            return
        }
    }

    func application(onListening: @escaping @Sendable (Int) async -> Void = { _ in }) throws -> some ApplicationProtocol {
        var limits = configuration.connectionLimits ?? .ofProcess()
        // Behind a proxy all have its address; how many a client may open is for the proxy to say.
        if configuration.behindProxy { limits.mostPerAddress = limits.most }
        let connections = Connections(limits, logger: logger)
        let http = HTTPServerBuilder.http1(
            configuration: .init(
                additionalChannelHandlers: [connections.watch()],
                httpDecoderConfiguration: .init(maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)))
        return Application(
            router: API(
                ledger: ledger, configuration: configuration, connections: connections, artifacts: artifacts, web: configuration.web
            ).router(),
            server: try certificate.map { try .tls(http, tlsConfiguration: $0.configuration) } ?? http,
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "lynx"),
            services: configuration.isViewer
                ? [] : [LeaseSweeper(ledger: ledger, logger: logger), StudyWatch(ledger: ledger, logger: logger)],
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
            logger: logger)
    }
}
