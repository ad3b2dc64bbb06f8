/// Why an object store did not do what it was asked.
public enum S3Error: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the environment says can't be used.
    case configuration(String)
    case notFound(String)
    /// The store's own answer: its code (such as `AccessDenied`) and message.
    case refused(status: Int, code: String, message: String, address: String)
    /// No usable answer, after several tries.
    case unreachable(address: String, reason: String)
    /// A file to be sent that can't be read as it was announced.
    case file(path: String, reason: String)

    /// There is no such upload in parts, or not any more.
    var isUnknownUpload: Bool {
        if case .refused(_, "NoSuchUpload", _, _) = self { true } else { false }
    }

    /// Whether the same call may work later.
    public var isTransient: Bool {
        switch self {
        case .unreachable: true
        case .refused(let status, let code, _, _): status >= 500 || status == 429 || status == 408 || code == "RequestTimeout"
        case .configuration, .notFound, .file: false
        }
    }

    public var description: String {
        switch self {
        case .configuration(let reason): reason
        case .notFound(let address): "there is nothing at \(address)"
        case .refused(let status, let code, let message, let address):
            "the object store refused \(address) with \(status) \(code)" + (message.isEmpty ? "" : ": \(message)")
        case .unreachable(let address, let reason): "the object store does not answer for \(address): \(reason)"
        case .file(let path, let reason): "\(path): \(reason)"
        }
    }
}
