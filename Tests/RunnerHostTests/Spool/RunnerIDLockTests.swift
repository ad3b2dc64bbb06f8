import Glibc
import Testing

@testable import RunnerHost

@Suite("A runner's id on one machine")
struct RunnerIDLockTests {
    private let id = "0b9b6a53-7c8e-4a59-9f0c-\(UInt64.random(in: 0...UInt64.max))"

    private func take(_ url: String = "http://127.0.0.1:8080") throws -> RunnerIDLock {
        try RunnerIDLock(runnerID: id, controlPlane: url, stateDirectory: "/lab/copy")
    }

    @Test("One process has it, and a second is told which, and what to do") func second() throws {
        let first = try take()
        let error = #expect(throws: RunnerIDError.self) { _ = try take() }
        #expect(error == .inUse(runnerID: id, pid: getpid(), stateDirectory: "/lab/copy"))
        #expect(
            error?.description == "another runner-host on this machine (pid \(getpid())) is runner \(id) for the same control plane: "
                + "state directory /lab/copy is a copy of its own; remove 'runner-id' and 'credential' from it to give this runner an identity of its own")
        withExtendedLifetime(first) {}
    }

    @Test("It is free when its holder is gone, however many have asked in vain") func released() throws {
        for _ in 0..<3 {
            let first = try take()
            for _ in 0..<5 { _ = #expect(throws: RunnerIDError.self) { _ = try take() } }
            withExtendedLifetime(first) {}
        }
    }

    @Test("At another control plane, of whatever length its URL is, it is another runner") func elsewhere() throws {
        let long = "https://lynx.example.org/" + String(repeating: "x", count: 200)
        let held = [try take(), try take("http://127.0.0.1:8081"), try take(long)]
        #expect(throws: RunnerIDError.self) { _ = try take(long) }
        withExtendedLifetime(held) {}
    }
}
