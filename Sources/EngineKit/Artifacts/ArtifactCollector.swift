package import EngineABI
import Glibc
import Support

/// Walks an output directory and reports every regular file in it, in path order.
///
/// The files were written by the simulation, which is not trusted: each step down is an `openat` that
/// follows no link, so nothing outside the directory is ever read. What is not a regular file is reported.
public struct ArtifactCollector {
    public var maxDepth = 32
    /// The number of entries of any kind.
    public var maxFiles = 100_000
    /// Paths below the output directory that are neither reported nor warned of: what the engine itself has put there.
    public var passedOver: Set<String> = []
    /// Size limits in bytes, of one file and of all together, used if the host sets none. Every byte is hashed, and a sparse
    /// file may have a larger size than any disk.
    private var maxFileBytes: Int64 = 16 << 30
    private var maxTotalBytes: Int64 = 64 << 30
    private var device: dev_t = 0
    private var files = 0
    private var bytes: Int64 = 0

    public init() {}

    public mutating func collect(directory: String, into sink: borrowing ArtifactSink) throws(EngineError) {
        sink.outputDirectory(directory)
        let top: OwnedDescriptor
        do throws(FileError) {
            top = try .open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        } catch {
            throw EngineError(
                lynx_status(LYNX_E_RESOURCES), "cannot read the output directory \(directory): \(error.reason)", errno: error.code)
        }
        var info = stat()
        fstat(top.raw, &info)
        device = info.st_dev
        (files, bytes) = (0, 0)
        if let limits = sink.limits { (maxFileBytes, maxTotalBytes) = limits }
        walk(top, prefix: "", depth: 0, into: sink)
    }

    private mutating func walk(_ directory: borrowing OwnedDescriptor, prefix: String, depth: Int, into sink: borrowing ArtifactSink) {
        // The bound far above the limit keeps a directory with too many entries from filling the memory.
        guard let found = try? Directory.rawNames(in: directory, of: prefix, atMost: 10 * maxFiles) else {
            return sink.warning("\(prefix)/: cannot be read")
        }
        for name in names(found, prefix: prefix, sink) {
            let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
            if passedOver.contains(path) { continue }
            guard files < maxFiles else {
                return sink.warning("more than \(maxFiles) files; the rest from \(path) on is not collected")
            }
            files += 1
            if sink.isCancelled { return }
            var info = stat()
            guard fstatat(directory.raw, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else {
                sink.warning("\(path): \(String(cString: strerror(errno)))")
                continue
            }
            switch info.st_mode & S_IFMT {
            case S_IFDIR: descend(from: directory, name, path: path, depth: depth, into: sink)
            case S_IFREG: report(name, in: directory, path: path, into: sink)
            case S_IFLNK: sink.warning("\(path): a symbolic link; not followed, not collected")
            default: sink.warning("\(path): not a regular file; not collected")
            }
        }
    }

    private func names(_ found: [[UInt8]], prefix: String, _ sink: borrowing ArtifactSink) -> [String] {
        var names: [String] = []
        for name in found {
            guard let text = String(validating: name, as: UTF8.self) else {
                sink.warning("\(prefix.isEmpty ? "" : prefix + "/")\(String(decoding: name, as: UTF8.self)): its name is not UTF-8; not collected")
                continue
            }
            names.append(text)
        }
        return names.sorted()
    }

    private mutating func descend(
        from parent: borrowing OwnedDescriptor, _ name: String, path: String, depth: Int, into sink: borrowing ArtifactSink
    ) {
        guard depth < maxDepth else { return sink.warning("\(path): nested deeper than \(maxDepth) directories; not collected") }
        let child: OwnedDescriptor
        do throws(FileError) {
            child = try .open(name, in: parent, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        } catch {
            return sink.warning("\(path): \(error.reason)")
        }
        var info = stat()
        guard fstat(child.raw, &info) == 0, info.st_dev == device else {
            return sink.warning("\(path): another file system is mounted there; not collected")
        }
        walk(child, prefix: path, depth: depth + 1, into: sink)
    }

    private mutating func report(
        _ name: String, in parent: borrowing OwnedDescriptor, path: String, into sink: borrowing ArtifactSink
    ) {
        let file: OwnedDescriptor
        do throws(FileError) {
            // Non-blocking: the entry may have been replaced by a FIFO since it was examined.
            file = try .open(name, in: parent, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        } catch {
            return sink.warning("\(path): \(error.reason)")
        }
        guard let status = FileStatus(descriptor: file.raw), status.isRegular else {
            return sink.warning("\(path): not a regular file; not collected")
        }
        let room = min(maxFileBytes, maxTotalBytes - bytes)
        func isTooLarge(_ size: Int64) -> String {
            maxFileBytes <= maxTotalBytes - bytes
                ? "\(path): not collected, as it has \(size) bytes and artifact_max_bytes is \(maxFileBytes)"
                : "\(path): not collected, as with its \(size) bytes the files would have more than artifact_max_total_bytes, which is \(maxTotalBytes)"
        }
        guard status.size <= room else { return sink.warning(isTooLarge(status.size)) }
        var reader = SparseReader(file)
        var hash = SHA256()
        do throws(FileError) {
            while let piece = try reader.next() {
                hash.update(piece)
                // A process outside the job may be writing to the file.
                guard reader.offset <= room else { return sink.warning(isTooLarge(reader.offset)) }
                if sink.isCancelled { return }
            }
        } catch {
            return sink.warning("\(path): \(error.reason)")
        }
        bytes += reader.offset
        sink.artifact(path: path, mediaType: MediaType.of(path), sizeBytes: reader.offset, sha256: hash.finalize())
    }
}

/// Where an engine reports the files of a job: `lynx_collector` of the ABI.
public struct ArtifactSink: ~Copyable {
    let collector: UnsafePointer<lynx_collector>

    package init(_ collector: UnsafePointer<lynx_collector>) { self.collector = collector }

    /// The size limits of one file and of all together, in bytes; nil if the host sets none.
    var limits: (file: Int64, total: Int64)? {
        isNew ? (collector.pointee.max_file_bytes, collector.pointee.max_total_bytes) : nil
    }

    /// Whether the collection has been abandoned.
    var isCancelled: Bool { isNew && collector.pointee.is_cancelled(collector) != 0 }

    /// Whether the host passes the fields that version 1.2 of the ABI added.
    private var isNew: Bool {
        Int(collector.pointee.struct_size) >= MemoryLayout<lynx_collector>.offset(of: \.is_cancelled)! + MemoryLayout<UnsafeRawPointer>.size
    }

    /// Sets the absolute directory that artifact paths are relative to. It has to be called once, before anything else.
    public func outputDirectory(_ path: String) {
        path.withLynxString { collector.pointee.output_directory(collector, $0) }
    }

    /// - Parameters:
    ///   - path: relative to the output directory.
    ///   - sizeBytes: the file's size in bytes.
    ///   - sha256: the digest of its content.
    func artifact(path: String, mediaType: String, sizeBytes: Int64, sha256: SHA256.Digest) {
        path.withLynxString { path in
            mediaType.withLynxString { mediaType in
                var artifact = lynx_artifact()
                artifact.struct_size = UInt32(MemoryLayout<lynx_artifact>.size)
                artifact.path = path
                artifact.media_type = mediaType
                artifact.size_bytes = sizeBytes
                withUnsafeMutableBytes(of: &artifact.sha256) { target in
                    target.copyBytes(from: sha256.bytes)
                }
                collector.pointee.artifact(collector, &artifact)
            }
        }
    }

    public func warning(_ message: String) {
        message.withLynxString { collector.pointee.warning(collector, $0) }
    }
}

/// Media types of files that simulations write, by file name extension.
public enum MediaType {
    private static let byExtension: [Substring: String] = [
        "bin": "application/octet-stream", "bz2": "application/x-bzip2", "csv": "text/csv", "gif": "image/gif", "gz": "application/gzip",
        "h5": "application/x-hdf5", "hdf5": "application/x-hdf5", "htm": "text/html", "html": "text/html", "jpeg": "image/jpeg",
        "jpg": "image/jpeg", "json": "application/json", "jsonl": "application/jsonl", "log": "text/plain", "md": "text/markdown",
        "mp4": "video/mp4", "npy": "application/octet-stream", "npz": "application/zip", "parquet": "application/vnd.apache.parquet",
        "pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml", "tar": "application/x-tar", "toml": "application/toml",
        "txt": "text/plain", "ulg": "application/octet-stream", "xml": "application/xml", "xz": "application/x-xz",
        "yaml": "application/yaml", "yml": "application/yaml", "zip": "application/zip", "zst": "application/zstd",
    ]

    /// The media type of a file; `application/octet-stream` if its extension is unknown.
    public static func of(_ path: String) -> String {
        // Scalars, because a dot followed by a combining mark is one Character with it.
        guard let name = path.unicodeScalars.split(separator: "/").last, let dot = name.lastIndex(of: ".") else {
            return "application/octet-stream"
        }
        let suffix = String(name[name.index(after: dot)...]).lowercased()
        return byExtension[suffix[...]] ?? "application/octet-stream"
    }
}
