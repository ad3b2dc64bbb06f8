import Glibc

/// How a control plane listens and what it decides by.
public struct ControlPlaneConfiguration: Sendable {
    /// The address to listen on. Others than loopback addresses need authentication, and TLS here or at a proxy.
    public var host: String
    /// 0 lets the system choose a free one.
    public var port: Int
    /// The SQLite file of the ledger, made with its directory if it is missing; or the URL of a PostgreSQL database,
    /// `postgresql://…`, that other control planes may use as well.
    public var databasePath: String
    /// How long a claim outlives the last heartbeat, in seconds.
    public var leaseSeconds: Double
    /// How often runners are asked to send heartbeats, in seconds.
    public var heartbeatIntervalSeconds: Double
    /// How many attempts of a job may end with their runner before the job fails.
    public var maxLostAttempts: Int
    /// If given, only jobs of this batch are handed out; an id that no batch has hands out nothing.
    public var onlyBatch: String?
    /// Whether callers must prove who they are.
    public var authentication = false
    /// The certificate to serve TLS with; nil: plain HTTP.
    public var tls: TLSFiles?
    /// A proxy in front of this control plane serves TLS, and says in `X-Forwarded-For` who calls.
    public var behindProxy = false
    /// How long a runner's credential lives, in minutes; it renews itself at half that time.
    public var credentialMinutes = 60.0
    /// Where the files of jobs are kept; nil leaves them on the machines of their runners.
    public var artifacts: ArtifactConfiguration?
    /// Whether runners are to upload the files of jobs; otherwise `artifacts` is for the code that comes with batches alone.
    public var takesJobFiles = true
    /// Whether it only shows a ledger, beside whoever serves it: it hands out no jobs, and looks after neither leases nor studies.
    public var isViewer = false
    /// Whether files that no runner has uploaded are read where it left them: for one user's studies on one machine.
    public var readsRunnersFiles = false
    /// The page that is served at `/ui/`; nil serves none.
    public var web: WebFiles?
    /// Nil for as many as the process may have descriptors for.
    var connectionLimits: ConnectionLimits?

    public init(
        host: String = "127.0.0.1", port: Int = 8080, databasePath: String, leaseSeconds: Double = 30,
        heartbeatIntervalSeconds: Double = 5, maxLostAttempts: Int = 5, onlyBatch: String? = nil,
        artifacts: ArtifactConfiguration? = nil
    ) {
        self.host = host
        self.port = port
        self.databasePath = databasePath
        self.leaseSeconds = leaseSeconds
        self.heartbeatIntervalSeconds = heartbeatIntervalSeconds
        self.maxLostAttempts = maxLostAttempts
        self.onlyBatch = onlyBatch
        self.artifacts = artifacts
    }

    func check() throws {
        if !Self.isLoopback(host) {
            guard authentication else { throw ControlPlaneError.notLoopback(host: host) }
            guard tls != nil || behindProxy else { throw ControlPlaneError.notEncrypted(host: host) }
        }
        guard (0.05...1440).contains(credentialMinutes) else {
            throw ControlPlaneError.badValue("a runner's credential lives \(credentialMinutes) min; it must be from 0.05 to 1440")
        }
        guard (0...65535).contains(port) else { throw ControlPlaneError.badValue("the port is \(port); it must be 0 to 65535") }
        guard heartbeatIntervalSeconds > 0 else {
            throw ControlPlaneError.badValue("the heartbeat interval is \(heartbeatIntervalSeconds) s; it must be above 0")
        }
        guard leaseSeconds >= 2 * heartbeatIntervalSeconds else {
            throw ControlPlaneError.badValue(
                "a lease of \(leaseSeconds) s is too short for heartbeats every \(heartbeatIntervalSeconds) s; it must be at least twice as long")
        }
        guard leaseSeconds <= 86_400 else {
            throw ControlPlaneError.badValue("a lease of \(leaseSeconds) s is too long; it must be a day (86400 s) at most")
        }
        guard maxLostAttempts >= 0 else { throw ControlPlaneError.badValue("the limit of lost attempts is \(maxLostAttempts); it must be 0 or more") }
    }

    var credentialMilliseconds: Instant { Instant(credentialMinutes * 60_000) }

    /// RFC 5735 and RFC 4291: 127.0.0.0/8 and ::1; and the name that stands for them.
    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return octets.count == 4 && octets.allSatisfy { $0 != nil } && octets[0] == 127
    }
}

/// Why a control plane cannot start.
public enum ControlPlaneError: Error, Hashable, Sendable, CustomStringConvertible {
    case notLoopback(host: String)
    case notEncrypted(host: String)
    case badCertificate(String)
    case badValue(String)
    /// - Parameter code: the error number; nil if the host has no address.
    case cannotListen(host: String, port: Int, code: Int32?)

    public var description: String {
        switch self {
        case .notLoopback(let host):
            "refusing to listen on '\(host)': without authentication only a loopback address such as 127.0.0.1 is allowed; add --auth"
        case .notEncrypted(let host):
            "refusing to listen on '\(host)' without TLS: give --tls-certificate and --tls-key, or --behind-proxy if a proxy serves TLS"
        case .badCertificate(let reason):
            reason
        case .badValue(let reason):
            reason
        case .cannotListen(let host, let port, let code):
            "cannot listen on \(host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host):\(port): \(Self.reason(host, port, code))"
        }
    }

    private static func reason(_ host: String, _ port: Int, _ code: Int32?) -> String {
        switch code {
        case nil: "there is no host of this name; give an address of this machine"
        case EADDRINUSE: "the port is in use, perhaps by another control plane; stop that one, or give another port"
        case EACCES, EPERM: "this user may not listen on port \(port); give one from 1024 on"
        case EADDRNOTAVAIL: "this machine has no such address; give one that it has, or 0.0.0.0 for all"
        case let code?: String(cString: strerror(code)).lowercased()
        }
    }
}
