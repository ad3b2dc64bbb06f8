import FoundationEssentials
import Logging
import LynxModel
import Synchronization
import TestSupport
import Testing

@testable import RunnerHost

@Suite("A runner's credential and a ledger that was taken back")
struct CredentialKeeperTests {
    /// The secrets that a ledger takes, and what it was asked with.
    private final class Credentials: Sendable {
        private let state = Mutex((good: Set(["s0"]), made: 0, asked: [String](), isSlowed: false))

        var asked: [String] { state.withLock { $0.asked } }

        func takeBack(to secret: String, slowingDown: Bool = false) {
            state.withLock {
                $0.good = [secret]
                $0.asked = []
                $0.isSlowed = slowingDown
            }
        }

        func renew(_ secret: String) throws -> RunnerCredential {
            try state.withLock { state in
                state.asked.append(secret)
                if state.isSlowed {
                    state.isSlowed = false
                    throw ControlPlaneError(call: "renew", server: "s", cause: .status(429, nil, retryAfter: .zero))
                }
                guard state.good.contains(secret) else {
                    throw ControlPlaneError(call: "renew", server: "s", cause: .status(401, nil, retryAfter: nil))
                }
                state.made += 1
                state.good = ["s\(state.made)"]
                return RunnerCredential(runnerID: "r", secret: "s\(state.made)", expiresInSeconds: 3600)
            }
        }
    }

    private func keeper(_ directory: TemporaryDirectory) -> CredentialKeeper {
        CredentialKeeper(
            StoredCredential(secret: "s0", controlPlane: "s", renewAt: .distantFuture), runnerID: "r", path: directory.file("credential"),
            log: RunnerLog(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    }

    @Test("It is found among those that the runner had, also after a restart, and what came after is forgotten", arguments: [false, true])
    func takenBack(slowed: Bool) async throws {
        let (directory, credentials) = (try TemporaryDirectory(), Credentials())
        let renew: CredentialKeeper.Renew = { try credentials.renew($0) }
        let first = keeper(directory)
        for number in 0..<5 { #expect(await first.replacement(for: "s\(number)", renewingBy: renew) == "s\(number + 1)") }
        credentials.takeBack(to: "s2", slowingDown: slowed)
        let stored = try #require(try CredentialKeeper.load(directory.file("credential")))
        #expect(stored.secret == "s5" && stored.earlier == ["s4", "s3", "s2", "s1", "s0"])
        let second = CredentialKeeper(
            stored, runnerID: "r", path: directory.file("credential"),
            log: RunnerLog(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        let found = await second.replacement(for: "s5", renewingBy: renew)
        if slowed {
            // Slowed down over the first, which is no answer about it.
            #expect(found == nil)
            #expect(await second.replacement(for: "s5", renewingBy: renew) == "s6")
        } else {
            #expect(found == "s6")
            #expect(credentials.asked == ["s5", "s4", "s3", "s2"])
        }
        let after = try #require(try CredentialKeeper.load(directory.file("credential")))
        #expect(after.secret == "s6" && after.earlier == ["s2", "s1", "s0"])
    }

    @Test("A ledger that knows none of them is asked for each once")
    func unknown() async throws {
        let (directory, credentials) = (try TemporaryDirectory(), Credentials())
        let renew: CredentialKeeper.Renew = { try credentials.renew($0) }
        let keeper = keeper(directory)
        for number in 0..<100 { _ = await keeper.replacement(for: "s\(number)", renewingBy: renew) }
        credentials.takeBack(to: "another")
        #expect(await keeper.replacement(for: "s100", renewingBy: renew) == nil)
        #expect(credentials.asked == (36...100).reversed().map { "s\($0)" })
    }
}
