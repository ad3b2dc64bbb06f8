import Foundation
import Synchronization

/// What programs tell a test, a line for each event, in the order in which it happened.
package final class EventPipe: Sendable {
    package struct Missing: Error, CustomStringConvertible {
        package var description: String
    }

    private let pipe: NamedPipe
    private let log = Mutex<[String]>([])

    package var path: String { pipe.path }

    package init(_ path: String) throws { pipe = try NamedPipe(path) }

    /// Every event read so far.
    package var seen: [String] { log.withLock { $0 } }

    /// Those of the events read so far that begin with a word, without it.
    package func seen(_ word: String) -> [String] {
        seen.filter { $0.hasPrefix(word + " ") }.map { String($0.dropFirst(word.count + 1)) }
    }

    /// The next event, waited for on a thread of its own, so that other tests go on.
    package func next() async throws -> String {
        let line = await withCheckedContinuation { continuation in
            Thread.detachNewThread { [pipe] in continuation.resume(returning: pipe.line(within: 120)) }
        }
        guard let line else { throw Missing(description: "no event came any more; there were: \(seen.joined(separator: ", "))") }
        log.withLock { $0.append(line) }
        return line
    }

    /// Reads on until so many events have come that hold a text; gives them.
    @discardableResult
    package func expect(_ text: String, count: Int = 1) async throws -> [String] {
        var found: [String] = []
        while found.count < count {
            let line = try await next()
            if line.contains(text) { found.append(line) }
        }
        return found
    }

    /// Every event, once those who write them are gone.
    package func drain() -> [String] {
        while let line = pipe.line(within: 0) { log.withLock { $0.append(line) } }
        return seen
    }
}
