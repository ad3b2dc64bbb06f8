import Glibc
import Support

/// A folder that files from elsewhere are put into. Their paths are not trusted: nothing is ever written outside of
/// it, whatever links it holds.
package struct DownloadFolder: Sendable {
    let path: String

    /// Makes it if need be.
    package init(path: String) throws {
        self.path = path
        var made = ""
        for part in path.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map({ String($0) }) {
            made += made.isEmpty && part.isEmpty ? "/" : (made.isEmpty || made == "/" ? "\(part)" : "/\(part)")
            guard !made.isEmpty, made != "/" else { continue }
            guard mkdir(made, 0o777) == 0 || errno == EEXIST || errno == EISDIR else {
                throw CLIError.badInput("cannot make \(made) for --to: \(SystemMessage.text(errno))")
            }
        }
    }

    /// Whether it has a file with this content already.
    func has(_ name: [String], size: Int64, sha256: String) -> Bool {
        guard let parent = try? directory(name.dropLast(), makes: false) else { return false }
        defer { close(parent) }
        let file = openat(parent, name[name.count - 1], O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return false }
        defer { close(file) }
        guard let status = FileStatus(descriptor: file), status.isRegular, status.size == size else { return false }
        var hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = read(file, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return false }
            if count == 0 { break }
            hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        return hash.finalize().hexadecimal == sha256
    }

    /// A new file that takes its place only when it is complete and right.
    func create(_ name: [String]) throws -> DownloadedFile {
        guard !name.isEmpty, name.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(UInt8(ascii: "/")) && !$0.utf8.contains(0) }) else {
            throw CLIError.unavailable("refusing to write '\(name.joined(separator: "/"))', which is not a path below \(path)")
        }
        return try DownloadedFile(parent: try directory(name.dropLast(), makes: true), name: name[name.count - 1], shown: "\(path)/\(name.joined(separator: "/"))")
    }

    /// Each step down is one that follows no link. The caller closes the descriptor.
    private func directory(_ names: ArraySlice<String>, makes: Bool) throws -> Int32 {
        var parent = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        var shown = path
        guard parent >= 0 else { throw CLIError.badInput("cannot open \(path): \(SystemMessage.text(errno))") }
        for name in names {
            shown += "/\(name)"
            if makes, mkdirat(parent, name, 0o777) != 0, errno != EEXIST {
                let code = errno
                close(parent)
                throw CLIError.badInput("cannot make \(shown): \(SystemMessage.text(code))")
            }
            let child = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            let code = errno
            close(parent)
            guard child >= 0 else { throw CLIError.badInput("cannot write below \(shown): \(SystemMessage.text(code))") }
            parent = child
        }
        return parent
    }
}

/// A file on its way; removed with this object unless it was finished.
final class DownloadedFile {
    private let parent: Int32
    private let descriptor: Int32
    private let name: String
    private let temporary: String
    private let shown: String
    private var hash = SHA256()
    private var isFinished = false

    /// Takes over `parent`.
    init(parent: Int32, name: String, shown: String) throws {
        self.parent = parent
        self.name = name
        self.shown = shown
        temporary = ".lynx-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).part"
        descriptor = openat(parent, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        let code = errno
        guard descriptor >= 0 else {
            close(parent)
            isFinished = true
            throw CLIError.badInput("cannot write \(shown): \(SystemMessage.text(code))")
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        hash.update(bytes)
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw CLIError.unavailable("cannot write \(shown): \(SystemMessage.text(errno))") }
            done += count
        }
    }

    /// Puts it in its place, over what is there.
    ///
    /// - Throws: `CLIError` if the content is not what was announced.
    func finish(sha256: String) throws {
        guard hash.finalize().hexadecimal == sha256 else {
            throw CLIError.unavailable("\(shown) arrived damaged: its SHA-256 is not the one it should have")
        }
        guard renameat(parent, temporary, parent, name) == 0 else {
            throw CLIError.badInput("cannot write \(shown): \(SystemMessage.text(errno))")
        }
        isFinished = true
    }

    deinit {
        guard descriptor >= 0 else { return }
        if !isFinished { unlinkat(parent, temporary, 0) }
        close(descriptor)
        close(parent)
    }
}

