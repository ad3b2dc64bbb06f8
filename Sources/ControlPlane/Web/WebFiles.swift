import NIOCore
import Support

/// The files of the page, read once and kept in memory, as they are and compressed.
///
/// All but the index lie below a folder that is named after the content of all of them: a browser may keep what it has of
/// one version for ever, and never mixes two. What is not in memory cannot be asked for, however a path is written.
public struct WebFiles: Sendable {
    struct File: Sendable {
        let mediaType: String
        let bytes: ByteBuffer
        /// Nil where compression gains nothing.
        let gzip: ByteBuffer?
        /// A strong entity tag, without its quotes: of the bytes as they are.
        let tag: String
    }

    /// The index, with the addresses of the others in it.
    let index: File
    /// The name of the folder of all others: twelve hexadecimal digits.
    let version: String
    /// By their paths in that folder.
    let files: [String: File]

    private static let mostFiles = 2000
    private static let mostBytes = 64 << 20

    /// Reads a folder and those in it. Hidden files, links and what is no file are left out.
    ///
    /// - Throws: `WebFilesError` for a folder without `index.html`, or with more than a page can have.
    public init(folder: String) throws(WebFilesError) {
        var found: [(path: String, bytes: [UInt8])] = []
        var total = 0
        try Self.walk(folder, below: "") { path throws(WebFilesError) in
            guard let bytes = WholeFile.read("\(folder)/\(path)", atMost: Self.mostBytes) else {
                throw WebFilesError(folder: folder, reason: "\(path) cannot be read")
            }
            total += bytes.count
            found.append((path, bytes))
            guard found.count <= Self.mostFiles, total <= Self.mostBytes else {
                let limits = "\(Self.mostFiles) files or \(Self.mostBytes >> 20) MiB"
                throw WebFilesError(folder: folder, reason: "it holds more than \(limits), so it is no page's folder")
            }
        }
        found.sort { $0.path < $1.path }
        guard let page = found.first(where: { $0.path == "index.html" }) else {
            throw WebFilesError(folder: folder, reason: "it has no index.html")
        }
        var content: [UInt8] = []
        for file in found { content += Array("\(file.path)\0\(SHA256.hash(file.bytes).hexadecimal)\n".utf8) }
        version = String(SHA256.hash(content).hexadecimal.prefix(12))
        index = File("index.html", PageIndex.addressed(page.bytes, to: "/ui/\(version)/"))
        files = Dictionary(
            uniqueKeysWithValues: found.filter { $0.path != "index.html" }.map { ($0.path, File($0.path, $0.bytes)) })
    }

    private static func walk(_ folder: String, below path: String, _ take: (String) throws(WebFilesError) -> Void) throws(WebFilesError) {
        let names: [String]
        do {
            names = try Directory.names(in: path.isEmpty ? folder : "\(folder)/\(path)")
        } catch {
            throw WebFilesError(folder: folder, reason: error.reason)
        }
        for name in names.sorted() where !name.hasPrefix(".") {
            let inner = path.isEmpty ? name : "\(path)/\(name)"
            guard let status = FileStatus("\(folder)/\(inner)", followsLinks: false) else { continue }
            if status.isDirectory { try walk(folder, below: inner, take) } else if status.isRegular { try take(inner) }
        }
    }
}

/// Why a folder is none of a page.
public struct WebFilesError: Error, Hashable, Sendable, CustomStringConvertible {
    public var folder: String
    public var reason: String

    public var description: String { "the page's folder \(folder): \(reason)" }
}

extension WebFiles.File {
    fileprivate init(_ path: String, _ bytes: [UInt8]) {
        let type = WebMediaType(path: path)
        mediaType = type.name
        self.bytes = ByteBuffer(bytes: bytes)
        gzip = type.isText ? Gzip.compress(bytes).flatMap { $0.count < bytes.count ? ByteBuffer(bytes: $0) : nil } : nil
        tag = String(SHA256.hash(bytes).hexadecimal.prefix(32))
    }
}

/// The media types of a page's files. A browser that is told not to guess runs only what has the type of a script.
struct WebMediaType {
    let name: String
    /// Whether compression is worth trying.
    let isText: Bool

    init(path: String) {
        let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
        (name, isText) = Self.byEnding[ending] ?? ("application/octet-stream", false)
    }

    private static let byEnding: [String: (String, Bool)] = [
        "html": ("text/html; charset=utf-8", true), "js": ("text/javascript; charset=utf-8", true),
        "mjs": ("text/javascript; charset=utf-8", true), "css": ("text/css; charset=utf-8", true),
        "json": ("application/json", true), "map": ("application/json", true), "webmanifest": ("application/manifest+json", true),
        "svg": ("image/svg+xml", true), "txt": ("text/plain; charset=utf-8", true), "md": ("text/plain; charset=utf-8", true),
        "png": ("image/png", false), "jpg": ("image/jpeg", false), "jpeg": ("image/jpeg", false), "gif": ("image/gif", false),
        "webp": ("image/webp", false), "ico": ("image/x-icon", false), "woff2": ("font/woff2", false), "wasm": ("application/wasm", false),
    ]
}

/// The page's index as it is served: what it refers to by a relative address gets the address of the files' folder.
enum PageIndex {
    static func addressed(_ html: [UInt8], to folder: String) -> [UInt8] {
        let attributes = [#"src=""#, #"href=""#].map { Array($0.utf8) }
        var result: [UInt8] = []
        result.reserveCapacity(html.count + 256)
        var place = 0
        while place < html.count {
            let rest = html[place...]
            let isStart = place > 0 && [UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t")].contains(html[place - 1])
            if isStart, let attribute = attributes.first(where: { rest.starts(with: $0) }) {
                result += attribute
                place += attribute.count
                if isRelative(html[place...]) {
                    result += Array(folder.utf8)
                    if html[place...].starts(with: Array("./".utf8)) { place += 2 }
                }
            } else {
                result.append(html[place])
                place += 1
            }
        }
        return result
    }

    /// Whether an attribute's value is the path of a file beside the index: no scheme, no fragment, not from the root on.
    private static func isRelative(_ rest: ArraySlice<UInt8>) -> Bool {
        let value = rest.prefix { $0 != UInt8(ascii: "\"") }
        guard let first = value.first, !"/#?".utf8.contains(first) else { return false }
        return !value.contains(UInt8(ascii: ":"))
    }
}
