import Logging
import NIOCore
import NIOSSL
import Synchronization

/// Where the server's certificate lies.
public struct TLSFiles: Hashable, Sendable {
    /// PEM: the certificate, and those that lead from it to a root.
    public var certificate: String
    /// PEM, without a passphrase.
    public var key: String

    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

/// The certificate that new connections are served with; it can be replaced while others are open.
final class ServerCertificate: Sendable {
    private struct Pair: Sendable {
        var chain: [NIOSSLCertificateSource]
        var key: NIOSSLPrivateKeySource
    }

    private let files: TLSFiles
    private let logger: Logger
    private let current: Mutex<Pair>

    /// - Throws: `ControlPlaneError.badCertificate`.
    init(_ files: TLSFiles, logger: Logger) throws(ControlPlaneError) {
        self.files = files
        self.logger = logger
        current = Mutex(try Self.load(files))
    }

    /// TLS 1.2 and newer; each handshake takes the pair that is current then.
    var configuration: TLSConfiguration {
        let pair = current.withLock { $0 }
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: pair.chain, privateKey: pair.key)
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.sslContextCallback = { [self] _, promise in
            let pair = current.withLock { $0 }
            var override = NIOSSLContextConfigurationOverride()
            override.certificateChain = pair.chain
            override.privateKey = pair.key
            promise.succeed(override)
        }
        return configuration
    }

    func reload() {
        do {
            let pair = try Self.load(files)
            current.withLock { $0 = pair }
            logger.certificateLoaded(files)
        } catch {
            logger.certificateKept(error)
        }
    }

    private static func load(_ files: TLSFiles) throws(ControlPlaneError) -> Pair {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
        } catch {
            throw .badCertificate("cannot read the certificate '\(files.certificate)': \(reason(error, "certificates"))")
        }
        guard !chain.isEmpty else { throw .badCertificate("'\(files.certificate)' holds no certificate; give a PEM file") }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: files.key, format: .pem)
        } catch {
            throw .badCertificate("cannot read the key '\(files.key)': \(reason(error, "a private key without a passphrase"))")
        }
        let pair = Pair(chain: chain.map { .certificate($0) }, key: .privateKey(key))
        do {
            // The context checks what a handshake would: above all, that the key is the certificate's.
            _ = try NIOSSLContext(configuration: .makeServerConfiguration(certificateChain: pair.chain, privateKey: pair.key))
        } catch {
            throw .badCertificate("the key '\(files.key)' is not that of the certificate '\(files.certificate)'")
        }
        return pair
    }

    private static func reason(_ error: any Error, _ wanted: String) -> String {
        if let error = error as? NIOSSLError, case .failedToLoadCertificate = error { return "it holds no \(wanted) in PEM form" }
        if let error = error as? NIOSSLError, case .failedToLoadPrivateKey = error { return "it does not hold \(wanted) in PEM form" }
        return "\(error)"
    }
}
