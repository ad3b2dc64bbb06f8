public import FoundationEssentials
import Support

/// Where an object store is and who asks.
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

    /// Of a server of one's own, without a slash at its end; nil means Amazon's. A server of one's own is asked
    /// path-style (`endpoint/bucket/key`), Amazon's by host name (`bucket.s3.region.amazonaws.com/key`).
    public var endpoint: String?
    public var region: String
    public var credentials: Credentials

    public init(endpoint: String? = nil, region: String = "us-east-1", credentials: Credentials) {
        self.endpoint = endpoint
        self.region = region
        self.credentials = credentials
    }

    /// From the variables that Amazon's own tools read: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_SESSION_TOKEN`, `AWS_REGION` or `AWS_DEFAULT_REGION`, `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`.
    ///
    /// - Throws: `S3Error.configuration` that names what is missing or wrong.
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

    /// The URL of an object, or with an empty key of a bucket, without a query.
    func url(_ address: S3Address) -> String {
        let key = address.key.percentEncoded(keeping: "/")
        if let endpoint { return "\(endpoint)/\(address.bucket)" + (key.isEmpty ? "" : "/\(key)") }
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        // A certificate's wildcard covers one label: names with dots only work by path.
        if address.bucket.contains(".") { return "https://s3.\(region).\(domain)/\(address.bucket)/\(key)" }
        return "https://\(address.bucket).s3.\(region).\(domain)/\(key)"
    }
}
