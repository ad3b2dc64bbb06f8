import FoundationEssentials
import Support

/// AWS Signature Version 4, in headers. Pure: nothing here reads a clock or the network.
///
/// Source: AWS Identity and Access Management User Guide, "Create a signed AWS API request".
struct SignatureV4 {
    var credentials: S3Configuration.Credentials
    var region: String
    var service = "s3"

    /// The parts of a request that are signed.
    struct Request {
        var method: String
        /// The path, percent-encoded as it is sent.
        var path: String
        /// The query's names and values, not yet encoded.
        var query: [(name: String, value: String)] = []
        /// The headers, which are all signed; `host` has to be among them.
        var headers: [String: String]
        /// Lower-case hexadecimal SHA-256 of the body.
        var payloadHash: String
    }

    /// The value of the `Authorization` header. The request's headers must already contain `x-amz-date`, equal to
    /// `timestamp(date)`.
    func authorization(_ request: Request, date: Date) -> String {
        let timestamp = Self.timestamp(date)
        let day = String(timestamp.prefix(8))
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        let headers = request.headers.map { ($0.key.lowercased(), Self.trim($0.value)) }.sorted { $0.0 < $1.0 }
        let names = headers.map(\.0).joined(separator: ";")
        let canonical = [
            request.method, request.path, Self.queryString(request.query),
            headers.map { "\($0):\($1)\n" }.joined(), names, request.payloadHash,
        ].joined(separator: "\n")
        let text = ["AWS4-HMAC-SHA256", timestamp, scope, SHA256.hash(canonical.utf8).hexadecimal].joined(separator: "\n")
        var key = Array("AWS4\(credentials.secretAccessKey)".utf8)
        for part in [day, region, service, "aws4_request"] { key = SHA256.authenticationCode(of: part.utf8, key: key) }
        let signature = SHA256.authenticationCode(of: text.utf8, key: key).hexadecimal
        return "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
    }

    /// A time as `20130524T000000Z`.
    static func timestamp(_ date: Date) -> String {
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
        return style.format(date)
    }

    /// The query sorted by encoded name, then value, as it is both signed and sent.
    static func queryString(_ query: [(name: String, value: String)]) -> String {
        query.map { ($0.name.percentEncoded(), $0.value.percentEncoded()) }.sorted { $0 < $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
    }

    /// Collapses runs of spaces and removes leading and trailing ones.
    private static func trim(_ value: String) -> String {
        value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
}
