import FoundationEssentials
import Glibc
import LynxModel
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Why a control plane and this program do not come to an encrypted connection, and what to do about it.
struct TLSTrouble {
    let baseURL: String
    /// The file named by `--ca-file`.
    let caFile: String?

    private static let patience = TimeAmount.seconds(5)

    /// Nil if TLS has nothing to do with it.
    func explanation(of error: any Error) async -> String? {
        guard let url = URL(string: baseURL), let host = url.host else { return nil }
        let name = host.utf8.first == UInt8(ascii: "[") ? String(host.dropFirst().dropLast()) : host
        if url.scheme == "http" {
            guard Self.isNoHTTP(error), await certificate(name, url.port ?? 80) != nil else { return nil }
            return "what answers there speaks TLS; give its address as https://\(host):\(url.port ?? 80)"
        }
        let text = "\(error)"
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") || text.contains("UNEXPECTED_MESSAGE") {
            return "what answers there does not speak TLS; give its address as http://\(host):\(url.port ?? 443), or that of the port that does"
        }
        if error as? NIOSSLExtraError == .failedToValidateHostname {
            return "its certificate is not for the name '\(name)'; use a name that it is for, or give it a certificate for this one"
        }
        guard text.contains("CERTIFICATE_VERIFY_FAILED") || error as? NIOSSLError == .unableToValidateCertificate else {
            return error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError ? "the TLS handshake failed" : nil
        }
        let now = time(nil)
        if let certificate = await certificate(name, url.port ?? 443) {
            if certificate.notValidAfter < now {
                return "its certificate expired at \(Self.text(certificate.notValidAfter)); give it a new one (and this machine the right time)"
            }
            if certificate.notValidBefore > now {
                return "its certificate is good only from \(Self.text(certificate.notValidBefore)); does this machine have the right time?"
            }
        }
        return caFile.map { "its certificate is not signed by an authority in --ca-file \($0); name the file of the one that signed it" }
            ?? "its certificate is not signed by an authority that this machine trusts; name the file of the one that signed it with --ca-file"
    }

    /// Whether what came in answer to a call was something else than HTTP, or nothing.
    private static func isNoHTTP(_ error: any Error) -> Bool {
        let text = "\(error)"
        return text.contains("remoteConnectionClosed") || text.contains("HTTPParserError") || text.contains("invalid") || error is IOError
    }

    private static func text(_ time: time_t) -> String { WireJSON.timestamp(Date(timeIntervalSince1970: Double(time))) }

    /// The certificate that the server shows, trusted or not; nil if it shows none.
    private func certificate(_ host: String, _ port: Int) async -> NIOSSLCertificate? {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        guard let context = try? NIOSSLContext(configuration: configuration) else { return nil }
        let isAddress = (try? SocketAddress(ipAddress: host, port: port)) != nil
        let group = MultiThreadedEventLoopGroup.singleton
        let shown = group.next().makePromise(of: NIOSSLCertificate?.self)
        let isSettled = Atomic(false)
        @Sendable func settle(_ certificate: NIOSSLCertificate?) {
            if !isSettled.exchange(true, ordering: .relaxed) { shown.succeed(certificate) }
        }
        let bootstrap = ClientBootstrap(group: group).connectTimeout(Self.patience).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let look: NIOSSLCustomVerificationCallback = { certificates, promise in
                    settle(certificates.first)
                    // Seen is enough: nothing is said to a server that is not trusted.
                    promise.succeed(.failed)
                }
                let name: String? = isAddress ? nil : host
                try channel.pipeline.syncOperations.addHandler(
                    try NIOSSLClientHandler(context: context, serverHostname: name, customVerificationCallback: look))
            }
        }
        do {
            let channel = try await bootstrap.connect(host: host, port: port).get()
            channel.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
            channel.closeFuture.whenComplete { _ in settle(nil) }
        } catch {
            settle(nil)
        }
        return try? await shown.futureResult.get()
    }
}
