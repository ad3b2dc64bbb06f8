import Glibc
import Support
import Synchronization
import Testing

@testable import EventLoop

@Suite("An event loop")
struct EventLoopTests {
    @Test("Work runs on one thread, in the order it was handed over")
    func fifo() async throws {
        let loop = try EventLoop(name: "fifo")
        let seen = Mutex<[Int]>([])
        for index in 0..<1_000 {
            loop.execute { _ in seen.withLock { $0.append(index) } }
        }
        try await loop.run { _ in }
        #expect(seen.withLock { $0 } == Array(0..<1_000))
        loop.shutDown()
    }

    @Test("Work from many threads runs exactly once each")
    func manyThreads() async throws {
        let loop = try EventLoop(name: "many")
        final class Tally: Sendable {
            let count = Atomic(0)
        }
        let tally = Tally()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        loop.execute { _ in tally.count.add(1, ordering: .relaxed) }
                    }
                }
            }
        }
        try await loop.run { _ in }
        #expect(tally.count.load(ordering: .relaxed) == 8_000)
        loop.shutDown()
    }

    @Test("An error thrown on the loop reaches the caller")
    func errors() async throws {
        struct Failure: Error {}
        let loop = try EventLoop(name: "errors")
        await #expect(throws: Failure.self) { try await loop.run { _ in throw Failure() } }
        loop.shutDown()
    }

    @Test("Shutting down runs pending work, and the work that this hands over; later work is refused")
    func shutDown() async throws {
        let loop = try EventLoop(name: "shutdown")
        let ran = Mutex<[String]>([])
        loop.execute { _ in
            ran.withLock { $0.append("pending") }
            loop.execute { _ in ran.withLock { $0.append("handed over") } }
        }
        loop.shutDown()
        #expect(ran.withLock { $0 } == ["pending", "handed over"])
        loop.shutDown()
        loop.execute { _ in ran.withLock { $0.append("late") } }
        await #expect(throws: EventLoopStopped.self) { try await loop.run { _ in } }
        #expect(ran.withLock { $0.count } == 2)
    }

    @Test("A loop may be shut down from its own thread")
    func shutDownFromInside() async throws {
        let loop = try EventLoop(name: "inside")
        try await loop.run { _ in loop.shutDown() }
        await #expect(throws: EventLoopStopped.self) {
            while true { try await loop.run { _ in } }
        }
    }

    @Test("What callbacks hold is released when the loop ends")
    func releases() async throws {
        final class Held: Sendable {
            let gone: @Sendable () -> Void
            init(gone: @escaping @Sendable () -> Void) { self.gone = gone }
            deinit { gone() }
        }
        let released = Mutex(0)
        let loop = try EventLoop(name: "release")
        let pipe = try Pipe()
        let reading = pipe.reading.raw
        try await loop.run { context in
            let first = Held { released.withLock { $0 += 1 } }
            let second = Held { released.withLock { $0 += 1 } }
            _ = try context.watch(reading, .readable) { _, _ in withExtendedLifetime(first) {} }
            context.schedule(after: .max) { _ in withExtendedLifetime(second) {} }
        }
        loop.shutDown()
        #expect(released.withLock { $0 } == 2)
    }

    @Test("The thread carries the loop's name, cut to what the kernel keeps")
    func name() async throws {
        let loop = try EventLoop(name: "a-name-longer-than-fifteen")
        let name = try await loop.run { _ in
            let fd = try OwnedDescriptor("open", open("/proc/thread-self/comm", O_RDONLY))
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = read(fd.raw, &buffer, 64)
            return String(decoding: buffer[..<count], as: UTF8.self)
        }
        #expect(name == "a-name-longer-t\n")
        loop.shutDown()
    }

    @Test("State of a loop is made once per type and found again")
    func locals() async throws {
        final class Numbers {
            var all: [Int] = []
        }
        let loop = try EventLoop(name: "locals")
        for number in 1...3 {
            try await loop.run { context in context.local(Numbers.init).all.append(number) }
        }
        let all = try await loop.run { context in context.local(Numbers.init).all }
        #expect(all == [1, 2, 3])
        loop.shutDown()
    }
}
