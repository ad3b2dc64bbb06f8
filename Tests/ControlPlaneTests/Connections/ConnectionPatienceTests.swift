import NIOCore
import Testing

@testable import ControlPlane

@Suite("How long a connection is waited for")
struct ConnectionPatienceTests {
    private let start = NIODeadline.now()
    private let limits = ConnectionLimits(descriptors: 1024)

    private func at(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

    @Test("A new connection has so long for its first request, and longer for each after it") func heads() {
        var patience = ConnectionPatience(limits, now: start)
        #expect(patience.isIdle)
        #expect(patience.limit?.deadline == at(30))
        #expect(patience.limit?.overdue == .firstHead)
        patience.headCame()
        patience.requestEnded(now: at(29))
        // As long as the server takes.
        #expect(patience.limit == nil)
        #expect(!patience.isIdle)
        patience.answered(now: at(1000))
        #expect(patience.isIdle)
        #expect(patience.limit?.deadline == at(1075))
        #expect(patience.limit?.overdue == .nextHead)
    }

    @Test("A body is waited for only while the server wants more of it") func wanted() {
        var patience = ConnectionPatience(limits, now: start)
        // The server reads on while nothing comes: that is no waiting for a body.
        patience.wanted(now: start)
        patience.headCame()
        #expect(patience.limit == nil)
        patience.wanted(now: at(10))
        #expect(patience.limit?.deadline == at(70))
        #expect(patience.limit?.overdue == .body)
        patience.bodyCame(bytes: 1, now: at(20))
        #expect(patience.limit == nil)
        // Ten of its sixty seconds are gone, whenever the server goes on.
        patience.wanted(now: at(1000))
        #expect(patience.limit?.deadline == at(1050))
    }

    @Test("Bytes earn time, drops don't") func rate() {
        var patience = ConnectionPatience(limits, now: start)
        patience.headCame()
        patience.wanted(now: start)
        for second in 1...59 {
            patience.bodyCame(bytes: 1, now: at(Int64(second)))
            patience.wanted(now: at(Int64(second)))
        }
        #expect(patience.limit?.deadline == at(60))
        patience.bodyCame(bytes: 1 << 20, now: at(59))
        patience.wanted(now: at(59))
        #expect(patience.limit?.deadline == at(60 + (1 << 20) / 500))
    }

    @Test("An answer that comes before the body has ended does not end the wait for it") func earlyAnswer() {
        var patience = ConnectionPatience(limits, now: start)
        patience.headCame()
        patience.answered(now: at(1))
        patience.wanted(now: at(1))
        #expect(!patience.isIdle)
        #expect(patience.limit?.deadline == at(61))
        patience.requestEnded(now: at(5))
        #expect(patience.isIdle)
        #expect(patience.limit?.deadline == at(80))
    }

    @Test("Few descriptors leave room for what else needs them") func descriptors() {
        #expect(ConnectionLimits(descriptors: 1024).most == 832)
        #expect(ConnectionLimits(descriptors: 1024).mostPerAddress == 416)
        #expect(ConnectionLimits(descriptors: 1 << 20).most == 8192)
        #expect(ConnectionLimits(descriptors: 64).most == 16)
    }
}
