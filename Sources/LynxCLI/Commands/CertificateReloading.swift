import ControlPlane
import Dispatch
import ServiceLifecycle
import UnixSignals

/// Reads the certificate again at each SIGHUP.
struct CertificateReloading: Service {
    let controlPlane: ControlPlane

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            controlPlane.reloadCertificate()
        }
    }
}
