import EngineABI
import Glibc
import Support

/// Walks an output directory and reports every regular file in it, in path order.
///
/// The files were written by the simulation, which is not trusted: each step down is an `openat` that
/// follows no link, so nothing outside the directory is ever read. What is not a regular file is reported.
public struct ArtifactCollector {
    public var maxDepth = 32
    /// Entries of any kind.
    public var maxFiles = 100_000
    /// Of one file, and over all of them, where the host does not say. Every byte goes into a hash, and a sparse file may claim
    /// more of them than any disk holds.
    private var maxFileBytes: Int64 = 16 << 30
    private var maxTotalBytes: Int64 = 64 << 30
    private var device: dev_t = 0
    private var files = 0
    private var bytes: Int64 = 0

    public init() {}

    public mutating func collect(directory: String, into sink: borrowing ArtifactSink) throws(EngineError) {
        sink.outputDirectory(directory)
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw EngineError(lynx_status(LYNX_E_RESOURCES), "cannot read the output directory \(directory): \(String(cString: strerror(errno)))", errno: errno)
        }
        var info = stat()
        fstat(descriptor, &info)
        device = info.st_dev
        (files, bytes) = (0, 0)
        if let limits = sink.limits { (maxFileBytes, maxTotalBytes) = limits }
        walk(descriptor, prefix: "", depth: 0, into: sink)
    }

    /// Takes over `descriptor`.
    private mutating func walk(_ descriptor: Int32, prefix: String, depth: Int, into sink: borrowing ArtifactSink) {
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            return sink.warning("\(prefix)/: cannot be read")
        }
        defer { closedir(stream) }
        for name in names(in: stream, prefix: prefix, sink) {
            let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
            guard files < maxFiles else {
                return sink.warning("more than \(maxFiles) files; the rest from \(path) on is not collected")
            }
            files += 1
            if sink.isCancelled { return }
            var info = stat()
            guard fstatat(descriptor, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else {
                sink.warning("\(path): \(String(cString: strerror(errno)))")
                continue
            }
            switch info.st_mode & S_IFMT {
            case S_IFDIR: descend(from: descriptor, name, path: path, depth: depth, into: sink)
            case S_IFREG: take(from: descriptor, name, path: path, into: sink)
            case S_IFLNK: sink.warning("\(path): a symbolic link; not followed, not collected")
            default: sink.warning("\(path): not a regular file; not collected")
            }
        }
    }

    private func names(in stream: OpaquePointer, prefix: String, _ sink: borrowing ArtifactSink) -> [String] {
        var names: [String] = []
        // Far past the limit: what there is too much of need not all be held in memory.
        while names.count < 10 * maxFiles, let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                Array(raw.prefix { $0 != 0 })
            }
            guard let text = String(validating: name, as: UTF8.self) else {
                sink.warning("\(prefix.isEmpty ? "" : prefix + "/")\(String(decoding: name, as: UTF8.self)): its name is not UTF-8; not collected")
                continue
            }
            if text != "." && text != ".." { names.append(text) }
        }
        return names.sorted()
    }

    private mutating func descend(from parent: Int32, _ name: String, path: String, depth: Int, into sink: borrowing ArtifactSink) {
        guard depth < maxDepth else { return sink.warning("\(path): nested deeper than \(maxDepth) directories; not collected") }
        let child = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard child >= 0 else { return sink.warning("\(path): \(String(cString: strerror(errno)))") }
        var info = stat()
        guard fstat(child, &info) == 0, info.st_dev == device else {
            close(child)
            return sink.warning("\(path): another file system is mounted there; not collected")
        }
        walk(child, prefix: path, depth: depth + 1, into: sink)
    }

    private mutating func take(from parent: Int32, _ name: String, path: String, into sink: borrowing ArtifactSink) {
        // Non-blocking: between the look and the open it may have become a FIFO.
        let file = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return sink.warning("\(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        var info = stat()
        guard fstat(file, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            return sink.warning("\(path): not a regular file; not collected")
        }
        let room = min(maxFileBytes, maxTotalBytes - bytes)
        func isTooLarge(_ size: Int64) -> String {
            maxFileBytes <= maxTotalBytes - bytes
                ? "\(path): not collected, as it has \(size) bytes and artifact_max_bytes is \(maxFileBytes)"
                : "\(path): not collected, as with its \(size) bytes the files would have more than artifact_max_total_bytes, which is \(maxTotalBytes)"
        }
        guard info.st_size <= room else { return sink.warning(isTooLarge(Int64(info.st_size))) }
        var reader = SparseReader(file)
        var hash = SHA256()
        do throws(SparseReader.Failure) {
            while let piece = try reader.next() {
                hash.update(piece)
                // Somebody outside the job may be writing to it.
                guard reader.offset <= room else { return sink.warning(isTooLarge(reader.offset)) }
                if sink.isCancelled { return }
            }
        } catch {
            return sink.warning("\(path): \(String(cString: strerror(error.code)))")
        }
        bytes += reader.offset
        sink.artifact(path: path, mediaType: MediaType.of(path), sizeBytes: reader.offset, sha256: hash.finalize())
    }
}
