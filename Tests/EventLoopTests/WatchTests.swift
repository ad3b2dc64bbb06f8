import CLinux
import Glibc
import Support
import Synchronization
import Testing
import TestSupport

@testable import EventLoop

@Suite("Watching descriptors")
struct WatchTests {
    @Test("A watch reports until what is there has been read")
    func levelTriggered() async throws {
        let loop = try EventLoop(name: "level")
        let pipe = try Pipe()
        let (reading, writing) = (pipe.reading.raw, pipe.writing.raw)
        let bytes: [UInt8] = await withCheckedContinuation { continuation in
            loop.execute { context in
                var bytes: [UInt8] = []
                var watch: Watch?
                watch = try? context.watch(reading, .readable) { _, readiness in
                    #expect(readiness.contains(.readable))
                    var byte: UInt8 = 0
                    if read(reading, &byte, 1) == 1 { bytes.append(byte) }
                    if bytes.count == 3 {
                        watch?.cancel()
                        watch = nil
                        continuation.resume(returning: bytes)
                    }
                }
                #expect(write(writing, "abc", 3) == 3)
            }
        }
        #expect(bytes == Array("abc".utf8))
        loop.shutDown()
    }

    @Test("A watch cancelled by another callback of the same round is not called")
    func noStaleCallback() async throws {
        let loop = try EventLoop(name: "stale")
        let pipes = try [Pipe(), Pipe()]
        let calls = Mutex(0)
        try await loop.run { context in
            var watches: [Watch] = []
            // Both are ready in the same round; whoever comes first cancels both.
            for pipe in pipes {
                #expect(write(pipe.writing.raw, "x", 1) == 1)
                watches.append(
                    try context.watch(pipe.reading.raw, .readable) { _, _ in
                        calls.withLock { $0 += 1 }
                        for watch in watches { watch.cancel() }
                    })
            }
        }
        // The first hop may run before the callbacks' round, the second begins after it.
        try await loop.run { _ in }
        try await loop.run { _ in }
        #expect(calls.withLock { $0 } == 1)
        loop.shutDown()
        withExtendedLifetime(pipes) {}
    }

    @Test("With an empty interest even a hang-up is silent; a later interest wakes it")
    func emptyInterest() async throws {
        let loop = try EventLoop(name: "empty")
        let ends = try hungUpPipe()
        let reading = ends.raw
        let hangUp: Readiness = try await withCheckedThrowingContinuation { continuation in
            loop.execute { context in
                do {
                    var isInterested = false
                    var watch: Watch?
                    watch = try context.watch(reading, []) { _, readiness in
                        #expect(isInterested)
                        watch?.cancel()
                        watch = nil
                        continuation.resume(returning: readiness)
                    }
                    // A timer in the round after next: the descriptor has had its turn in between.
                    context.schedule(after: 0) { context in
                        context.schedule(after: 0) { _ in
                            isInterested = true
                            do { try watch?.update(.readable) } catch { continuation.resume(throwing: error) }
                        }
                    }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        #expect(hangUp.contains(.hangUp))
        loop.shutDown()
        _ = consume ends
    }

    /// The reading end of a pipe that nobody writes to any more.
    private func hungUpPipe() throws -> OwnedDescriptor {
        let pipe = try Pipe()
        return try OwnedDescriptor("dup", dup(pipe.reading.raw))
    }

    @Test("Watching one descriptor twice, or a regular file, is an error")
    func refused() async throws {
        let loop = try EventLoop(name: "refused")
        let pipe = try Pipe()
        let reading = pipe.reading.raw
        try await loop.run { context in
            let watch = try context.watch(reading, .readable) { _, _ in }
            #expect(throws: SystemError(call: "epoll_ctl", code: EEXIST)) {
                _ = try context.watch(reading, .readable) { _, _ in }
            }
            watch.cancel()
            let file = try OwnedDescriptor("open", open("/proc/self/exe", O_RDONLY))
            #expect(throws: SystemError(call: "epoll_ctl", code: EPERM)) {
                _ = try context.watch(file.raw, .readable) { _, _ in }
            }
        }
        loop.shutDown()
    }

    @Test("The end of a child is seen through its pidfd")
    func childEnd() async throws {
        let loop = try EventLoop(name: "pidfd")
        let child = try Program.start("sleep", ["3600"])
        let pidfd = try OwnedDescriptor("pidfd_open", lynx_pidfd_open(child.pid))
        let raw = pidfd.raw
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            loop.execute { context in
                do {
                    var watch: Watch?
                    watch = try context.watch(raw, .readable) { _, _ in
                        watch?.cancel()
                        watch = nil
                        continuation.resume()
                    }
                    #expect(lynx_pidfd_send_signal(raw, SIGKILL) == 0)
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        #expect(try await child.end().signal == SIGKILL)
        #expect(lynx_pidfd_send_signal(raw, SIGKILL) == -1)
        loop.shutDown()
        _ = consume pidfd
    }
}
