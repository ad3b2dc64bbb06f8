import FoundationEssentials
import Glibc
import Support

/// The output of one run, for comparison with others of the same configuration.
struct RunRecord: Sendable {
    /// The present path of its output directory.
    var output: String
    /// The files with its standard output and standard error, by name.
    var logs: [String: String]
    /// The exit, such as `exit code 0`.
    var end: String
    /// Telemetry by variable; nil if it was not recorded.
    var telemetry: [String: SeriesDigest]?
    var seconds: Double = 0
}

/// A digest of a telemetry variable's samples in their order of arrival.
struct SeriesDigest: Hashable, Sendable {
    var bytes: [UInt8]
    /// Whether some value is not a whole number.
    var hasFractions: Bool
}

/// A file to be compared; only the necessary part of it is read.
struct ComparedFile {
    enum Content {
        case json(JSONText)
        case table(TableText)
        /// The file is compared byte by byte.
        case opaque
    }

    /// Larger files are compared as a whole.
    private static let maxParsedBytes = 16 << 20

    let path: String
    /// Links in a simulation's output are not followed.
    var followsLinks = false

    /// The paths of everything below a directory.
    static func names(below directory: String) -> Set<String> {
        Set((try? FileManager.default.subpathsOfDirectory(atPath: directory)) ?? [])
    }

    /// The type of the file, and the target of a symbolic link.
    var kind: String {
        var info = stat()
        guard lstat(path, &info) == 0 else { return "missing" }
        guard info.st_mode & S_IFMT == S_IFLNK else { return "\(info.st_mode & S_IFMT)" }
        return "link to " + ((try? FileManager.default.destinationOfSymbolicLink(atPath: path)) ?? "")
    }

    var isRegular: Bool { FileStatus(path, followsLinks: false)?.isRegular ?? false }

    /// SHA-256; nil if the file cannot be read.
    var digest: [UInt8]? {
        guard let file = try? OwnedDescriptor.open(path, O_RDONLY | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW)) else { return nil }
        var hash = SHA256()
        do throws(FileError) {
            try file.readPieces(of: 1 << 18, path) { piece in
                hash.update(piece)
                return true
            }
            return hash.finalize().bytes
        } catch {
            return nil
        }
    }

    var content: Content {
        let name = path.lowercased()
        guard name.hasSuffix(".json") || name.hasSuffix(".csv") || name.hasSuffix(".tsv"), let bytes = smallBytes(Self.maxParsedBytes) else {
            return .opaque
        }
        if name.hasSuffix(".json") { return JSONText(bytes).map { .json($0) } ?? .opaque }
        return .table(TableText(bytes, separator: UInt8(ascii: name.hasSuffix(".csv") ? "," : "\t")))
    }

    /// The content; nil if it exceeds `limit` bytes or cannot be read.
    func smallBytes(_ limit: Int) -> [UInt8]? {
        guard let status = FileStatus(path), status.isRegular, status.size <= limit else { return nil }
        return WholeFile.read(path, atMost: .max)
    }
}
