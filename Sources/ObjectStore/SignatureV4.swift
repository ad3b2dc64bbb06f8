import Crypto
import FoundationEssentials

/// AWS Signature Version 4, in headers. Pure: nothing here reads a clock or the network.
///
/// Source: AWS Identity and Access Management User Guide, "Create a signed AWS API request".
struct SignatureV4 {
    var credentials: S3Configuration.Credentials
    var region: String
    var service = "s3"

    /// What is signed of a request.
    struct Request {
        var method: String
        /// Percent-encoded as it is sent.
        var path: String
        /// Not yet encoded.
        var query: [(name: String, value: String)] = []
        /// All of them are signed; `host` has to be among them.
        var headers: [String: String]
        /// Lower-case hexadecimal SHA-256 of the body.
        var payloadHash: String
    }

    /// The value of `Authorization`. The request's headers must already hold `x-amz-date`, equal to `timestamp(date)`.
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
        let text = ["AWS4-HMAC-SHA256", timestamp, scope, Self.hash(Data(canonical.utf8))].joined(separator: "\n")
        var key = SymmetricKey(data: Data("AWS4\(credentials.secretAccessKey)".utf8))
        for part in [day, region, service, "aws4_request"] { key = SymmetricKey(data: Self.mac(part, key)) }
        let signature = Self.hexadecimal(Self.mac(text, key))
        return "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
    }

    /// `20130524T000000Z`
    static func timestamp(_ date: Date) -> String {
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
        return style.format(date)
    }

    /// Sorted by encoded name, then value, as it is both signed and sent.
    static func queryString(_ query: [(name: String, value: String)]) -> String {
        query.map { (encode($0.name), encode($0.value)) }.sorted { $0 < $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
    }

    /// Everything but RFC 3986's unreserved characters becomes `%XX`.
    static func encode(_ text: String, keepingSlashes: Bool = false) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { encoded, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "/") where keepingSlashes:
                encoded += "/"
            default:
                encoded += "%"
                encoded.append(digits[Int(byte >> 4)])
                encoded.append(digits[Int(byte & 15)])
            }
        }
    }

    static func hash(_ data: Data) -> String { hexadecimal(SHA256.hash(data: data)) }

    static func hash(_ bytes: UnsafeRawBufferPointer) -> String {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        return hexadecimal(hash.finalize())
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func mac(_ text: String, _ key: SymmetricKey) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
    }

    /// Runs of spaces become one, and none are left at the ends.
    private static func trim(_ value: String) -> String {
        value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
}
