import FoundationEssentials
import NIOCore
import ObjectStore

/// A content that is kept, by its tenant and the name it was given. A name is never given twice: see `Blob.name`.
struct Blob: Hashable, Sendable {
    var tenant: String
    /// `<sha256>.<random>`
    var name: String

    /// A new name for a content. The random part lets a collection remove an old file while the same content is
    /// being uploaded anew.
    static func name(sha256: String) -> String { "\(sha256).\(String(UInt64.random(in: 0...UInt64.max), radix: 36))" }

    /// `<tenant>/<aa>/<sha256>.<random>`, safe as a path.
    var path: String { "\(Self.directoryName(tenant))/\(name.prefix(2))/\(name)" }

    /// A tenant's name is any text.
    static func directoryName(_ tenant: String) -> String {
        tenant.utf8.reduce(into: "") { name, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                name += byte < 16 ? "%0\(String(byte, radix: 16))" : "%\(String(byte, radix: 16))"
            }
        }
    }
}

/// Something that keeps contents: a directory, or a bucket.
protocol BlobStore: Sendable {
    /// Takes over a complete file, which is on stable storage when this returns.
    func take(_ file: String, as blob: Blob) async throws

    /// The bytes of a part of a content, handed to `write` piece by piece.
    func read(_ blob: Blob, _ range: Range<Int64>, write: (ByteBuffer) async throws -> Void) async throws

    /// What isn't there is removed already.
    func remove(_ blob: Blob) async throws

    /// A tenant's files last changed before `date`, as the path in the store and the size in bytes.
    func objects(of tenant: String, before date: Date, _ body: (_ path: String, _ size: Int64) async throws -> Void) async throws

    func remove(path: String) async throws

    /// - Throws: why contents cannot be kept at present.
    func check() async throws
}
