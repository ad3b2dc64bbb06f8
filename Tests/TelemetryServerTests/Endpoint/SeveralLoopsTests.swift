import EventLoop
import Glibc
import Synchronization
import TelemetryServer
import Testing

@Suite("One server on several loops")
struct SeveralLoopsTests {
    @Test("A new endpoint goes where there are fewest, and back where one has ended")
    func spread() async throws {
        let recording = Recording()
        let threads = Mutex<[pthread_t]>([])
        let server = try TelemetryServer(loops: [EventLoop(name: "a"), EventLoop(name: "b")])
        func open() async throws -> (endpoint: TelemetryEndpoint, thread: pthread_t) {
            let endpoint = try await server.openEndpoint(allowedUID: getuid()) {
                threads.withLock { $0.append(pthread_self()) }
                return recording.makeSink()
            }
            return (endpoint, threads.withLock { $0.last! })
        }
        var open4: [(endpoint: TelemetryEndpoint, thread: pthread_t)] = []
        for _ in 0..<4 { open4.append(try await open()) }
        #expect(Set(open4.map(\.thread)).count == 2)
        #expect(open4[0].thread == open4[2].thread)
        #expect(open4[1].thread == open4[3].thread)
        _ = await open4[1].endpoint.finish()
        _ = await open4[3].endpoint.finish()
        // Asked twice, an endpoint gives up its place once.
        _ = await open4[3].endpoint.finish()
        for _ in 0..<2 {
            let next = try await open()
            #expect(next.thread == open4[1].thread)
            open4.append(next)
        }
        #expect(try await open().thread == open4[0].thread)
        for other in open4 { _ = await other.endpoint.finish() }
    }

    @Test("An endpoint that cannot be opened takes no place")
    func failure() async throws {
        let (ended, alive) = (try EventLoop(name: "ended"), try EventLoop(name: "alive"))
        ended.shutDown()
        let server = TelemetryServer(loops: [ended, alive])
        for _ in 0..<3 {
            await #expect(throws: EventLoopStopped.self) {
                _ = try await server.openEndpoint(allowedUID: getuid()) { Recording().makeSink() }
            }
        }
    }
}
