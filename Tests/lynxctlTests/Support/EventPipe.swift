import Foundation
import Glibc

/// The named pipe that the fake runner writes its events to.
actor EventPipe {
    struct Missing: Error, CustomStringConvertible {
        var description: String
    }

    nonisolated let path: String
    private nonisolated let descriptor: Int32
    private var pending = ""
    /// Every event so far.
    private(set) var seen: [String] = []

    init(path: String) throws {
        guard mkfifo(path, 0o600) == 0 else { throw Missing(description: "mkfifo: \(String(cString: strerror(errno)))") }
        self.path = path
        // Both ways, so that opening never waits and reading never meets an end.
        descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK)
    }

    deinit { close(descriptor) }

    /// Waits until events have come that begin with each of these words, in any order; gives them in order of arrival.
    /// Events that came before the previous call returned do not count.
    @discardableResult
    func expect(_ words: String...) async throws -> [String] {
        var missing = words
        var found: [String] = []
        while !missing.isEmpty {
            guard let event = try await next() else {
                throw Missing(description: "no event '\(missing[0])' came; there were: \(seen.joined(separator: ", "))")
            }
            if let index = missing.firstIndex(where: { event == $0 || event.hasPrefix($0 + " ") }) {
                missing.remove(at: index)
                found.append(event)
            }
        }
        return found
    }

    /// Takes what has come by now, once the writers are gone.
    func drain() async throws -> [String] {
        while try await next(waiting: false) != nil {}
        return seen
    }

    private func next(waiting: Bool = true) async throws -> String? {
        while true {
            if let end = pending.firstIndex(of: "\n") {
                let line = String(pending[..<end])
                pending = String(pending[pending.index(after: end)...])
                seen.append(line)
                return line
            }
            guard await readable(waiting: waiting) else { return nil }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return nil }
            pending += String(decoding: buffer[..<count], as: UTF8.self)
        }
    }

    /// The limit only keeps a broken test from hanging for ever.
    private nonisolated func readable(waiting: Bool) async -> Bool {
        let descriptor = descriptor
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                continuation.resume(returning: poll(&request, 1, waiting ? 120_000 : 0) == 1)
            }
        }
    }
}
