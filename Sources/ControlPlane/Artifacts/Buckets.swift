import ObjectStore
import Synchronization

/// The client for object stores, made when first asked for: most control planes need none.
final class Buckets: Sendable {
    private let configured: S3Configuration?
    private let made = Mutex<S3Client?>(nil)

    /// - Parameter configuration: nil for what the environment says.
    init(_ configuration: S3Configuration? = nil) { configured = configuration }

    /// - Throws: `S3Error.configuration`.
    func client() throws(S3Error) -> S3Client {
        if let client = made.withLock({ $0 }) { return client }
        let configuration: S3Configuration
        if let configured { configuration = configured } else { configuration = try .environment() }
        let fresh = S3Client(configuration)
        return made.withLock { made in
            made = made ?? fresh
            return made ?? fresh
        }
    }
}
