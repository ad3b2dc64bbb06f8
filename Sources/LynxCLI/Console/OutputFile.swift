import Glibc
import Support

/// Files that are there whole or not at all, whatever happens while they are written.
package enum OutputFile {
    /// Replaces the file. What is no regular file, such as a pipe, is written to.
    ///
    /// - Parameter isSecret: nobody but this user may read it; else a file that is there keeps its mode.
    /// - Throws: `CLIError`; what was there is as it was.
    package static func replace(_ path: String, with text: String, isSecret: Bool = false) throws {
        let status = FileStatus(path)
        if let status, !status.isRegular { return try write(text, into: path, flags: 0) }
        let final = target(of: path)
        let temporary = "\(final).\(getpid())-\(UInt32.random(in: 0...UInt32.max)).part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, isSecret ? 0o600 : 0o666)
        guard descriptor >= 0 else {
            // A folder in which nothing can be made, around a file that can be written.
            if errno == EACCES, status != nil, !isSecret { return try write(text, into: path, flags: O_TRUNC) }
            throw failure(path, errno)
        }
        if let status, !isSecret { fchmod(descriptor, status.permissions) }
        var code = written(text, to: descriptor)
        if code == nil, fsync(descriptor) != 0, errno != EINVAL { code = errno }
        if close(descriptor) != 0, code == nil { code = errno }
        if code == nil, rename(temporary, final) != 0 { code = errno }
        if let code {
            unlink(temporary)
            throw failure(path, code)
        }
    }

    /// Replaces the file by what `fill` hands to its argument, part by part.
    ///
    /// - Throws: what `fill` throws, and `CLIError`; what was there is as it was, unless it is a pipe.
    package static func replace(
        _ path: String, with fill: (_ write: (UnsafeRawBufferPointer) throws -> Void) async throws -> Void
    ) async throws {
        let isStream = FileStatus(path).map { !$0.isRegular } ?? false
        let final = target(of: path)
        let temporary = isStream ? path : "\(final).\(getpid())-\(UInt32.random(in: 0...UInt32.max)).part"
        let descriptor = open(temporary, O_WRONLY | O_CLOEXEC | (isStream ? 0 : O_CREAT | O_EXCL | O_NOFOLLOW), 0o666)
        guard descriptor >= 0 else { throw failure(path, errno) }
        do {
            try await fill { bytes in if let code = written(bytes, to: descriptor) { throw failure(path, code) } }
        } catch {
            close(descriptor)
            if !isStream { unlink(temporary) }
            throw error
        }
        var code: Int32? = fsync(descriptor) != 0 && errno != EINVAL ? errno : nil
        if close(descriptor) != 0, code == nil { code = errno }
        if code == nil, !isStream, rename(temporary, final) != 0 { code = errno }
        guard let code else { return }
        if !isStream { unlink(temporary) }
        throw failure(path, code)
    }

    /// Through a link, the file that it means.
    private static func target(of path: String) -> String {
        guard let pointer = realpath(path, nil) else { return path }
        defer { free(pointer) }
        return String(cString: pointer)
    }

    /// Appends all of the text or nothing.
    package static func append(_ text: String, to path: String) throws {
        try write(text, into: path, flags: O_CREAT | O_APPEND)
    }

    /// Whether the file can be written. It is left as it is, and not made.
    package static func check(_ path: String) throws {
        if let status = FileStatus(path) {
            guard !status.isDirectory else { throw failure(path, EISDIR) }
            guard access(path, W_OK) == 0 else { throw failure(path, errno) }
            return
        }
        guard errno == ENOENT, !path.isEmpty else { throw failure(path, errno) }
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        guard slash.map({ path.utf8.index(after: $0) != path.utf8.endIndex }) ?? true else { throw failure(path, EISDIR) }
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard access(folder, W_OK | X_OK) == 0 else { throw failure(path, errno) }
    }

    private static func write(_ text: String, into path: String, flags: Int32) throws {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | flags, 0o666)
        guard descriptor >= 0 else { throw failure(path, errno) }
        let before = lseek(descriptor, 0, SEEK_END)
        var code = written(text, to: descriptor)
        if code != nil, before >= 0 { _ = ftruncate(descriptor, before) }
        if close(descriptor) != 0, code == nil { code = errno }
        if let code { throw failure(path, code) }
    }

    /// Nil, or why not all of it is there.
    private static func written(_ text: String, to descriptor: Int32) -> Int32? {
        var text = text
        return text.withUTF8 { written(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    private static func written(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count == 0 ? EIO : errno }
            rest = rest.dropFirst(count)
        }
        return nil
    }

    private static func failure(_ path: String, _ code: Int32) -> CLIError {
        .unavailable("cannot write \(path): \(SystemMessage.text(code))")
    }
}
