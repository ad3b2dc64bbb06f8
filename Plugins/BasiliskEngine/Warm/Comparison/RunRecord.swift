import FoundationEssentials
import Glibc
import Support

/// What one run has left, for comparison with others of the same configuration.
struct RunRecord: Sendable {
    /// Its output directory, where that lies now.
    var output: String
    /// The files with its standard output and standard error, by their names.
    var logs: [String: String]
    /// Such as `exit code 0`.
    var end: String
    /// By variable; nil if it was not recorded.
    var telemetry: [String: SeriesDigest]?
    var seconds: Double = 0
}

/// A telemetry variable's samples, in the order in which they came.
struct SeriesDigest: Hashable, Sendable {
    var bytes: [UInt8]
    /// Whether some value could not have come about by counting.
    var hasFractions: Bool
}

/// A file that is compared; read as far as it takes.
struct ComparedFile {
    enum Content {
        case json(JSONText)
        case table(TableText)
        /// Compared byte by byte.
        case opaque
    }

    /// Larger ones are compared as a whole.
    private static let maxParsedBytes = 16 << 20

    let path: String
    /// What a simulation leaves is not followed to where it leads.
    var followsLinks = false

    /// The paths of everything below a directory.
    static func names(below directory: String) -> Set<String> {
        Set((try? FileManager.default.subpathsOfDirectory(atPath: directory)) ?? [])
    }

    /// What kind of file it is, and for a symbolic link where it leads to.
    var kind: String {
        var info = stat()
        guard lstat(path, &info) == 0 else { return "missing" }
        guard info.st_mode & S_IFMT == S_IFLNK else { return "\(info.st_mode & S_IFMT)" }
        return "link to " + ((try? FileManager.default.destinationOfSymbolicLink(atPath: path)) ?? "")
    }

    var isRegular: Bool {
        var info = stat()
        return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG
    }

    /// SHA-256; nil if it cannot be read.
    var digest: [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW))
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var hash = SHA256()
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { return hash.finalize().bytes }
            buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
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

    /// Nil if there are more, or it cannot be read.
    func smallBytes(_ limit: Int) -> [UInt8]? {
        var info = stat()
        guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG, info.st_size <= limit else { return nil }
        return (try? Data(contentsOf: URL(filePath: path))).map { [UInt8]($0) }
    }
}
