import CLinux
import Glibc
import Synchronization

/// The process that forks guardians in the host's place (`spawner.h`), for all of an engine's jobs. Where its program does
/// not lie beside the engine, or it fails, the host forks them itself, which takes longer and is otherwise the same.
enum Spawner {
    private enum State {
        case notStarted
        case running(WarmParent)
        case missing
    }

    private static let state = Mutex(State.notStarted)

    /// Started at the first call; nil if there is none.
    static func current() -> WarmParent? {
        state.withLock { state in
            if case .notStarted = state { state = start().map { .running($0) } ?? .missing }
            guard case .running(let parent) = state else { return nil }
            return parent
        }
    }

    /// The next call of `current` starts another.
    static func replace(_ failed: WarmParent) {
        state.withLock { state in
            if case .running(let parent) = state, parent === failed { state = .notStarted }
        }
    }

    private static func start() -> WarmParent? {
        guard let program = EngineFolder.file("lynx-spawner") else { return nil }
        let request = WarmParent.Request(program: program, arguments: [], environment: [:], workingDirectory: "/", script: [])
        return try? WarmParent(request, onOwnThread: true)
    }
}

/// The folder of the library that this code is in.
public enum EngineFolder {
    /// The path of a file beside the library; nil if there is none, or if others may write to it.
    public static func file(_ name: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard lynx_library_path(&buffer, buffer.count) == 0 else { return nil }
        let library = ProgramLookup.absolute(String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        let path = library.prefix(through: library.utf8.lastIndex(of: UInt8(ascii: "/")) ?? library.startIndex) + name
        var info = stat()
        guard stat(String(path), &info) == 0, info.st_mode & 0o022 == 0, info.st_uid == 0 || info.st_uid == geteuid() else { return nil }
        return access(String(path), R_OK) == 0 ? String(path) : nil
    }
}
