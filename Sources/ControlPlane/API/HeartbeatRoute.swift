import FoundationEssentials
import Hummingbird
import LynxModel

extension API {
    /// Renews leases, then holds the call until there is something to order: a runner that asks for it learns of a
    /// cancellation at once. Ends early when the runner hangs up or the control plane shuts down.
    @Sendable func heartbeat(_ beat: HeartbeatRequest, _ request: Request, _ context: APIContext) async throws -> HeartbeatResponse {
        try beat.engines?.check()
        try beat.offer?.check(for: context.caller)
        let wait = Self.wait(beat.waitSeconds)
        if wait == 0 { return try await ledger.heartbeat(beat) }

        let deadline = ledger.clock.now().addingTimeInterval(wait)
        let peerGone = connections.peerGone(context.channel)
        let bell = ledger.runnerBells.enter(beat.runnerID)
        defer { ledger.runnerBells.leave(beat.runnerID) }
        var strokes = bell.strokes
        var response = try await ledger.heartbeat(beat)
        while !response.isNews(to: beat), !bell.isSilenced, peerGone?.isSilenced != true, ledger.clock.now() < deadline {
            await ledger.metrics.holding(context.template ?? "") { [strokes] in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await bell.wait(after: strokes, until: deadline, clock: ledger.clock) }
                    if let peerGone { group.addTask { await peerGone.wait(after: peerGone.strokes) } }
                    await group.next()
                    group.cancelAll()
                }
            }
            try Task.checkCancellation()
            guard bell.strokes > strokes else { continue }
            strokes = bell.strokes
            response = try await ledger.orders(for: beat)
        }
        return response
    }
}

extension HeartbeatResponse {
    /// Whether it tells the sender of `request` something to do that it is not doing yet.
    func isNews(to request: HeartbeatRequest) -> Bool {
        let known = Set(request.cancelling ?? [])
        return drain != (request.drained ?? false) || !known.isSuperset(of: cancel) || !known.isSuperset(of: stale)
    }
}
