import Glibc
import Support
import Synchronization
import Testing
import TestSupport

@testable import EventLoop

@Suite("Watching files that grow", .timeLimit(.minutes(2)))
struct FileWatchTests {
    /// What a reader beside a writing process has seen.
    private final class Reader: Sendable {
        let lines = Mutex<[String]>([])
        let looks = Mutex(0)
    }

    /// Follows the file until the line `end` has come, while `write` runs on a thread of its own.
    private func follow(_ path: String, writing write: @escaping @Sendable () -> Void) async throws -> Reader {
        let loop = try EventLoop(name: "files")
        defer { loop.shutDown() }
        let reader = Reader()
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            loop.execute { context in
                let tail = LineTail(path)
                var subscription: FileWatch.Subscription?
                subscription = context.local(FileWatch.init).subscribe([path], context) { _ in
                    reader.looks.withLock { $0 += 1 }
                    var isOver = false
                    tail.read { line in
                        let text = String(decoding: line, as: UTF8.self)
                        if text == "end" { isOver = true } else { reader.lines.withLock { $0.append(text) } }
                    }
                    guard isOver, subscription != nil else { return }
                    subscription = nil
                    done.resume()
                }
                CallThreads(name: "writer", most: 1).start(write)
            }
        }
        return reader
    }

    private static func append(_ text: String, to path: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        _ = text.withCString { Glibc.write(file, $0, strlen($0)) }
        close(file)
    }

    @Test("All lines come in order, whether they are written together, one by one, or in pieces") func order() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/table.csv"
        let expected = (0..<3000).map { "line \($0)" }
        let reader = try await follow(path) {
            for (number, line) in expected.enumerated() {
                if number.isMultiple(of: 7) {
                    Self.append(String(line.prefix(3)), to: path)
                    Self.append(line.dropFirst(3) + "\n", to: path)
                } else {
                    Self.append(line + "\n", to: path)
                }
                if number.isMultiple(of: 500) { usleep(15_000) }
            }
            Self.append("end\n", to: path)
        }
        #expect(reader.lines.withLock { $0 } == expected)
    }

    @Test("Who writes line by line is not interrupted at each line") func fewLooks() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/table.csv"
        let reader = try await follow(path) {
            for number in 0..<3000 { Self.append("line \(number)\n", to: path) }
            Self.append("end\n", to: path)
        }
        #expect(reader.lines.withLock(\.count) == 3000)
        #expect(reader.looks.withLock { $0 } < 1000)
    }

    @Test("A file in folders that are made later is seen") func laterFolders() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/out/run/table.csv"
        let reader = try await follow(path) {
            usleep(20_000)
            for directory in ["/out", "/out/run"] { mkdir(folder.path + directory, 0o700) }
            Self.append("one\n", to: path)
            usleep(20_000)
            Self.append("two\nend\n", to: path)
        }
        #expect(reader.lines.withLock { $0 } == ["one", "two"])
    }

    @Test("A file in a folder that is removed and made again is seen", arguments: 1...3) func folderAgain(times: Int) async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/out/run/table.csv"
        let reader = try await follow(path) {
            for _ in 0...times {
                for directory in ["/out", "/out/run"] { mkdir(folder.path + directory, 0o700) }
                usleep(20_000)
                for directory in ["/out/run", "/out"] { rmdir(folder.path + directory) }
            }
            for directory in ["/out", "/out/run"] { mkdir(folder.path + directory, 0o700) }
            usleep(20_000)
            Self.append("one\n", to: path)
            usleep(20_000)
            Self.append("end\n", to: path)
        }
        #expect(reader.lines.withLock { $0 } == ["one"])
    }

    @Test("What is not watched any more is not looked at, and others are") func subscriptions() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/second"
        let loop = try EventLoop(name: "files")
        defer { loop.shutDown() }
        let stale = Mutex(0)
        try await loop.run { context in
            let watch = context.local(FileWatch.init)
            _ = watch.subscribe([folder.path + "/first"], context) { _ in stale.withLock { $0 += 1 } }
        }
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            loop.execute { context in
                var subscription: FileWatch.Subscription?
                subscription = context.local(FileWatch.init).subscribe([path], context) { _ in
                    guard subscription != nil, access(path, F_OK) == 0 else { return }
                    subscription = nil
                    done.resume()
                }
                Self.append("x", to: folder.path + "/first")
                Self.append("x", to: path)
            }
        }
        #expect(stale.withLock { $0 } == 0)
    }
}
