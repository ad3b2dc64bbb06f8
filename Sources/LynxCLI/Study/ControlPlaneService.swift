import ControlPlane
import ServiceLifecycle

/// A control plane with the life cycle of a service: ends in good order when it is told to.
struct ControlPlaneService: Service {
    let controlPlane: ControlPlane
    let onListening: @Sendable (_ port: Int) async -> Void

    func run() async throws { try await controlPlane.run(onListening: onListening) }
}
