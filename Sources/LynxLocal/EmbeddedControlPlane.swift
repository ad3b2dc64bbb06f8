import ControlPlane
import FoundationEssentials
import Logging
import LynxCLI
import ServiceLifecycle

/// A control plane in this process, on a loopback port of the system's choice.
struct EmbeddedControlPlane: OwnControlPlane {
    let url: String
    let hasPage: Bool
    private let controlPlane: ControlPlane

    /// No batch has this id, so nothing is handed out before the study's own batch is there.
    private static let nothing = "-"

    /// Runs one for as long as `body` does.
    ///
    /// - Throws: what `body` throws, or `CLIError` when the control plane cannot start or ends by itself.
    static func with<Value>(
        ledger: String, logger: Logger, _ body: (EmbeddedControlPlane) async throws -> Value
    ) async throws -> Value {
        let controlPlane: ControlPlane
        // The files of jobs stay where they are; what is kept is the code that comes with a batch.
        var configured = ControlPlaneConfiguration(
            host: "127.0.0.1", port: 0, databasePath: ledger, onlyBatch: nothing, artifacts: ArtifactConfiguration(databasePath: ledger))
        configured.takesJobFiles = false
        configured.web = try PageFolder.load()
        configured.readsRunnersFiles = true
        do {
            controlPlane = try ControlPlane(configuration: configured, logger: logger)
        } catch {
            throw CLIError.badInput("\(error)")
        }
        let (ports, sender) = AsyncStream.makeStream(of: Int.self)
        let service = ControlPlaneService(controlPlane: controlPlane) { port in sender.yield(port) }
        var configuration = ServiceGroupConfiguration(services: [.init(service: service)], logger: logger)
        // Nobody is left to be waited for when `body` is over.
        configuration.maximumGracefulShutdownDuration = .seconds(5)
        let services = ServiceGroup(configuration: configuration)
        async let served: Void = {
            defer { sender.finish() }
            do {
                try await services.run()
            } catch {
                throw CLIError.unavailable("the control plane stopped: \(error)")
            }
        }()
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else {
            try await served
            throw CLIError.unavailable("the control plane stopped before it listened")
        }
        do {
            let value = try await body(
                EmbeddedControlPlane(url: "http://127.0.0.1:\(port)", hasPage: configured.web != nil, controlPlane: controlPlane))
            await services.triggerGracefulShutdown()
            try await served
            return value
        } catch {
            await services.triggerGracefulShutdown()
            // Where the control plane broke down, that is the reason for everything else.
            try await served
            throw error
        }
    }

    /// Makes a batch the only one whose jobs are handed out.
    func handOutOnly(_ batchID: String) {
        controlPlane.restrict(to: batchID)
    }
}

/// A control plane with the life cycle of a service: ends in good order when it is told to.
struct ControlPlaneService: Service {
    let controlPlane: ControlPlane
    let onListening: @Sendable (_ port: Int) async -> Void

    func run() async throws { try await controlPlane.run(onListening: onListening) }
}
