import LynxDocument

/// The files of a bundle: what its hash is the hash of.
///
/// As text, the first line is `lynx-bundle 1`, and each further line a file: its SHA-256, its size in bytes, `x` if it is
/// executable or else `-`, and its path, separated by single spaces, in the order of the paths' bytes. There are no empty folders
/// and no links.
public struct BundleManifest: Hashable, Sendable {
    public struct File: Hashable, Sendable {
        /// Relative to the bundle's root.
        public var path: String
        public var size: Int64
        public var isExecutable: Bool
        /// Lower-case hexadecimal.
        public var sha256: String

        public init(path: String, size: Int64, isExecutable: Bool, sha256: String) {
            self.path = path
            self.size = size
            self.isExecutable = isExecutable
            self.sha256 = sha256
        }
    }

    /// What is wrong with a text that is no manifest.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String

        public init(description: String) { self.description = description }
    }

    /// In the order of the paths' bytes.
    public let files: [File]

    /// In bytes.
    public var size: Int64 { files.reduce(0) { $0 + $1.size } }

    public static let mostFiles = 20_000
    /// The most bytes that the text of a manifest may have.
    public static let mostTextBytes = 8 << 20
    public static let mostBytes: Int64 = 64 << 30
    static let longestPath = 1024
    private static let head = "lynx-bundle 1"

    /// - Throws: `Failure` for files that are too many or have no place beside each other.
    public init(_ files: [File]) throws(Failure) {
        guard !files.isEmpty else { throw Failure(description: "it has no files") }
        guard files.count <= Self.mostFiles else {
            throw Failure(description: "it has \(files.count) files; a bundle may have \(Self.mostFiles)")
        }
        self.files = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        var total: Int64 = 0
        var folders: Set<[UInt8]> = []
        var paths: Set<[UInt8]> = []
        for file in self.files {
            guard Self.isSafe(file.path) else { throw Failure(description: "\(Excerpt.quoted(file.path)) is no path that a bundle may have") }
            guard Self.isHash(file.sha256), file.size >= 0 else {
                throw Failure(description: "\(Excerpt.quoted(file.path)) has no valid hash and size")
            }
            let (sum, overflows) = total.addingReportingOverflow(file.size)
            guard !overflows, sum <= Self.mostBytes else { throw Failure(description: "it has more than \(Self.mostBytes >> 30) GiB") }
            total = sum
            let bytes = Array(file.path.utf8)
            guard paths.insert(bytes).inserted else { throw Failure(description: "\(Excerpt.quoted(file.path)) is there twice") }
            for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "/") { folders.insert(Array(bytes[..<index])) }
        }
        if let both = paths.first(where: folders.contains) {
            throw Failure(description: "\(Excerpt.quoted(String(decoding: both, as: UTF8.self))) is a file and a folder")
        }
    }

    public var text: [UInt8] {
        var text = Array("\(Self.head)\n".utf8)
        for file in files { text += "\(file.sha256) \(file.size) \(file.isExecutable ? "x" : "-") \(file.path)\n".utf8 }
        return text
    }

    /// - Throws: `Failure`, also for a text that is not exactly what `text` of the manifest gives.
    public init(text: some Collection<UInt8>) throws(Failure) {
        guard text.count <= Self.mostTextBytes else { throw Failure(description: "its manifest has more than \(Self.mostTextBytes >> 20) MiB") }
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count >= 2, lines.first?.elementsEqual(Self.head.utf8) == true, lines.last?.isEmpty == true else {
            throw Failure(description: "its manifest does not begin with '\(Self.head)', or breaks off")
        }
        var files: [File] = []
        for (number, line) in lines.dropFirst().dropLast().enumerated() {
            guard files.count < Self.mostFiles else { throw Failure(description: "it has more than \(Self.mostFiles) files") }
            guard let file = Self.file(line) else { throw Failure(description: "line \(number + 2) of its manifest is no file") }
            files.append(file)
        }
        try self.init(files)
        guard self.text.elementsEqual(text) else { throw Failure(description: "its manifest is not in order") }
    }

    private static func file(_ line: some Collection<UInt8>) -> File? {
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let size = Int64(String(decoding: parts[1], as: UTF8.self)), let path = String(validating: parts[3], as: UTF8.self)
        else { return nil }
        let mode = String(decoding: parts[2], as: UTF8.self)
        guard mode == "x" || mode == "-" else { return nil }
        return File(path: path, size: size, isExecutable: mode == "x", sha256: String(decoding: parts[0], as: UTF8.self))
    }

    package static func isHash(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// Whether a path leads to a place in a bundle, and has no characters that a line cannot show.
    package static func isSafe(_ path: String) -> Bool {
        guard (1...longestPath).contains(path.utf8.count), !path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return false }
        return path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
            (1...255).contains(part.count) && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
        }
    }
}
