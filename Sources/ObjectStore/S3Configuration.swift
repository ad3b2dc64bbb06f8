public import FoundationEssentials
import Support

/// The address of an object store and the credentials for it.
public struct S3Configuration: Hashable, Sendable {
    public struct Credentials: Hashable, Sendable {
        public var accessKeyID: String
        public var secretAccessKey: String
        /// Session token of temporary credentials.
        public var sessionToken: String?

        public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
            self.accessKeyID = accessKeyID
            self.secretAccessKey = secretAccessKey
            self.sessionToken = sessionToken
        }
    }

    /// URL of a self-hosted server without a trailing slash; nil means Amazon. A self-hosted server is addressed path-style
    /// (`endpoint/bucket/key`), Amazon by host name (`bucket.s3.region.amazonaws.com/key`).
    public var endpoint: String?
    public var region: String
    public var credentials: Credentials

    public init(endpoint: String? = nil, region: String = "us-east-1", credentials: Credentials) {
        self.endpoint = endpoint
        self.region = region
        self.credentials = credentials
    }

    /// Reads the variables that Amazon's own tools use: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`,
    /// `AWS_REGION` or `AWS_DEFAULT_REGION`, `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`.
    ///
    /// - Throws: `S3Error.configuration`, which names what is missing or wrong.
    public static func environment(
        _ variables: [String: String] = ProcessInfo.processInfo.environment
    ) throws(S3Error) -> S3Configuration {
        func value(_ names: String...) -> String? {
            names.lazy.compactMap { variables[$0] }.first { !$0.isEmpty }
        }
        guard let id = value("AWS_ACCESS_KEY_ID"), let secret = value("AWS_SECRET_ACCESS_KEY") else {
            let missing = value("AWS_ACCESS_KEY_ID") == nil ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY"
            throw .configuration("\(missing) is not set; S3 needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment")
        }
        var endpoint = value("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
        if let text = endpoint {
            guard let url = URL(string: text), url.scheme == "http" || url.scheme == "https", url.host?.isEmpty == false, url.query == nil else {
                throw .configuration("AWS_ENDPOINT_URL is '\(text)'; it must be a URL such as http://127.0.0.1:9000")
            }
            endpoint = String(text.reversed().drop { $0 == "/" }.reversed())
        }
        return S3Configuration(
            endpoint: endpoint, region: value("AWS_REGION", "AWS_DEFAULT_REGION") ?? "us-east-1",
            credentials: Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: value("AWS_SESSION_TOKEN")))
    }

    /// The URL of an object, or of a bucket if the key is empty, without a query.
    func url(_ address: S3Address) -> String {
        let key = address.key.percentEncoded(keeping: "/")
        if let endpoint { return "\(endpoint)/\(address.bucket)" + (key.isEmpty ? "" : "/\(key)") }
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        // A certificate's wildcard covers one label: bucket names with dots only work path-style.
        if address.bucket.contains(".") { return "https://s3.\(region).\(domain)/\(address.bucket)/\(key)" }
        return "https://\(address.bucket).s3.\(region).\(domain)/\(key)"
    }
}

/// A location in an object store, written `s3://bucket/key`: an object, or the common prefix of several keys.
public struct S3Address: Hashable, Sendable, CustomStringConvertible {
    public var bucket: String
    /// The key without a leading slash; empty means the whole bucket.
    public var key: String

    public init(bucket: String, key: String) {
        self.bucket = bucket
        self.key = key
    }

    /// Nil if the text is not of the form `s3://bucket` or `s3://bucket/key`.
    public init?(_ text: String) {
        guard text.utf8.starts(with: "s3://".utf8) else { return nil }
        let parts = text.unicodeScalars.dropFirst(5).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        guard let bucket = parts.first, Self.isBucketName(bucket) else { return nil }
        self.init(bucket: bucket, key: parts.count > 1 ? parts[1] : "")
    }

    public var description: String { key.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(key)" }

    /// The address of `name` below this one.
    public func appending(_ name: String) -> S3Address {
        let parent = key.utf8.last == UInt8(ascii: "/") ? String(key.dropLast()) : key
        return S3Address(bucket: bucket, key: parent.isEmpty ? name : "\(parent)/\(name)")
    }

    /// Whether a name is a valid bucket name. Source: Amazon S3 User Guide, "General purpose bucket naming rules", with the
    /// capitals and underscores of older buckets.
    public static func isBucketName(_ name: some StringProtocol) -> Bool {
        (3...63).contains(name.utf8.count) && !name.hasPrefix(".") && !name.hasPrefix("-") && !name.contains("..")
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            }
    }
}
