/// A place in an object store, written `s3://bucket/key`: an object, or what the keys of several begin with.
public struct S3Address: Hashable, Sendable, CustomStringConvertible {
    public var bucket: String
    /// Without a slash at its beginning; empty means the whole bucket.
    public var key: String

    public init(bucket: String, key: String) {
        self.bucket = bucket
        self.key = key
    }

    /// Nil for what isn't `s3://bucket` or `s3://bucket/key`.
    public init?(_ text: String) {
        guard text.utf8.starts(with: "s3://".utf8) else { return nil }
        let parts = text.unicodeScalars.dropFirst(5).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        guard let bucket = parts.first, Self.isBucketName(bucket) else { return nil }
        self.init(bucket: bucket, key: parts.count > 1 ? parts[1] : "")
    }

    public var description: String { key.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(key)" }

    /// The place called `name` below this one.
    public func appending(_ name: String) -> S3Address {
        let parent = key.utf8.last == UInt8(ascii: "/") ? String(key.dropLast()) : key
        return S3Address(bucket: bucket, key: parent.isEmpty ? name : "\(parent)/\(name)")
    }

    /// Amazon S3 User Guide, "General purpose bucket naming rules", with the capitals and underscores of older buckets.
    public static func isBucketName(_ name: some StringProtocol) -> Bool {
        (3...63).contains(name.utf8.count) && !name.hasPrefix(".") && !name.hasPrefix("-") && !name.contains("..")
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            }
    }
}
