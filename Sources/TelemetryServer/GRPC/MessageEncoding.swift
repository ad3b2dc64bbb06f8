/// The compressions of `grpc-encoding` that this server reads. It sends identity only.
enum MessageEncoding: String, CaseIterable, Sendable {
    case identity
    case gzip
    /// The zlib format of RFC 1950, in spite of its name.
    case deflate

    /// The value of `grpc-accept-encoding`.
    static let accepted = allCases.map(\.rawValue).joined(separator: ",")
}
