import Testing
import Synchronization

@Suite struct ZRepro {
    struct S: Sendable { var a = [1]; var b = [1, 2, 3] }
    final class Box: Sendable {
        let m = Mutex(S())
        func with<V: Sendable>(_ f: (inout S) -> V) -> V { m.withLock { f(&$0) } }
    }
    func run(_ f: (Int) async throws -> Void) async throws { try await f(1) }

    @Test func direct() {
        let box = Box()
        let n = box.with { $0.b.count }
        print("D", n)
        #expect(box.with { $0.a.count } == 1)
    }
    @Test func nested() async throws {
        let box = Box()
        try await run { _ in
            let n = box.with { $0.b.count }
            print("N", n)
            #expect(box.with { $0.a.count } == 1)
        }
    }
    @Test func nestedSync() {
        let box = Box()
        _ = [1].map { _ in
            let n = box.with { $0.b.count }
            print("M", n)
            #expect(box.with { $0.a.count } == 1)
        }
    }
}
