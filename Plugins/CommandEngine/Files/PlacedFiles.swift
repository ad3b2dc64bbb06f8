import EngineABI
import EngineKit
import Glibc
import LynxModel
import Support

/// Puts files into a run's output directory, and knows afterwards which of them the run has left as they were.
struct PlacedFiles: Sendable {
    private struct Stamp: Hashable {
        let inode: ino_t
        let size: off_t
        let seconds: Int
        let nanoseconds: Int

        init?(_ path: String) {
            var info = stat()
            guard lstat(path, &info) == 0 else { return nil }
            inode = info.st_ino
            size = info.st_size
            seconds = info.st_mtim.tv_sec
            nanoseconds = info.st_mtim.tv_nsec
        }
    }

    private let directory: String
    /// The links and copies, by their paths below the directory.
    private var placed: [String: Stamp] = [:]

    init(directory: String) { self.directory = directory }

    /// The links and copies that are still what they were, by their paths below the directory.
    var untouched: Set<String> { Set(placed.filter { Stamp("\(directory)/\($0.key)") == $0.value }.keys) }

    mutating func link(_ source: String, to target: String, option: String) throws(EngineError) {
        var info = stat()
        guard stat(source, &info) == 0 else { throw .invalid("\(option): no such file '\(source)'; give the path of one that is there") }
        try makeFolders(of: target)
        guard symlink(source, "\(directory)/\(target)") == 0 else { throw Self.failure("link", target, option) }
        note(target)
    }

    mutating func copy(_ source: String, to target: String, option: String) throws(EngineError) {
        var info = stat()
        guard stat(source, &info) == 0 else { throw .invalid("\(option): no such file '\(source)'; give the path of one that is there") }
        try makeFolders(of: target)
        try copyEntry(source, info, to: target, option)
    }

    private mutating func copyEntry(_ source: String, _ info: stat, to target: String, _ option: String) throws(EngineError) {
        let path = "\(directory)/\(target)"
        switch info.st_mode & S_IFMT {
        case S_IFDIR:
            guard mkdir(path, 0o700) == 0 else { throw Self.failure("make", target, option) }
            let names: [String]
            do throws(FileError) {
                names = try Directory.names(in: source)
            } catch {
                throw .invalid("\(option): \(error)")
            }
            for name in names {
                var inner = stat()
                guard lstat("\(source)/\(name)", &inner) == 0 else { continue }
                try copyEntry("\(source)/\(name)", inner, to: "\(target)/\(name)", option)
            }
        case S_IFLNK:
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            guard readlink(source, &buffer, buffer.count - 1) >= 0, symlink(buffer, path) == 0 else { throw Self.failure("link", target, option) }
            note(target)
        case S_IFREG:
            do throws(FileError) {
                let reader = try OwnedDescriptor.open(source, O_RDONLY)
                let writer = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: info.st_mode & 0o777 | 0o200)
                var problem: FileError?
                try reader.readPieces(of: 1 << 20, source) { piece in
                    do throws(FileError) { try writer.write(piece, to: path) } catch { problem = error }
                    return problem == nil
                }
                if let problem { throw problem }
            } catch {
                throw EngineError(lynx_status(LYNX_E_RESOURCES), "\(option): \(error)", errno: error.code)
            }
            note(target)
        default: break
        }
    }

    /// Writes a text, which is kept with the run's files.
    func write(_ content: [UInt8], to target: String, option: String) throws(EngineError) {
        try makeFolders(of: target)
        do throws(FileError) {
            let file = try OwnedDescriptor.open("\(directory)/\(target)", O_WRONLY | O_CREAT | O_EXCL)
            try file.write(content, to: target)
        } catch {
            throw error.code == EEXIST ? .invalid("\(option): '\(target)' is given twice; give each file a path of its own")
                : EngineError(lynx_status(LYNX_E_RESOURCES), "\(option): \(error)", errno: error.code)
        }
    }

    private mutating func note(_ target: String) { placed[target] = Stamp("\(directory)/\(target)") }

    private func makeFolders(of target: String) throws(EngineError) {
        guard let slash = target.utf8.lastIndex(of: UInt8(ascii: "/")) else { return }
        do throws(FileError) {
            try Directory.make("\(directory)/\(target[..<slash])")
        } catch {
            throw EngineError(lynx_status(LYNX_E_RESOURCES), "cannot make a folder for \(target): \(error.reason)", errno: error.code)
        }
    }

    private static func failure(_ verb: String, _ target: String, _ option: String) -> EngineError {
        let code = errno
        if code == EEXIST { return .invalid("\(option): '\(target)' is given twice; give each file a path of its own") }
        return EngineError(lynx_status(LYNX_E_RESOURCES), "\(option): cannot \(verb) \(target): \(String(cString: strerror(code)))", errno: code)
    }
}
