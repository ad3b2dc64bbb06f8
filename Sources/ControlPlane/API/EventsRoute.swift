import FoundationEssentials
import Hummingbird
import LynxModel
import NIOCore

extension API {
    /// A batch's events as they happen (WHATWG HTML, 9.2), from `Last-Event-ID` on if it is given.
    @Sendable func events(_ request: Request, _ context: APIContext) async throws -> Response {
        let batchID = try context.id(.batch)
        var position = EventPosition()
        if let text = request.text(.lastEventID) {
            guard let parsed = EventPosition(text) else {
                throw Problem.badHeader(EndpointParameter.lastEventID.name, "is '\(text)'; give the id of an event of this batch")
            }
            position = parsed
        }
        let jobs = try request.choice(.jobEvents) ?? JobEvents.all
        _ = try await ledger.overview(batchID: batchID)
        let stream = BatchEventStream(
            ledger: ledger, batchID: batchID, start: position, jobs: jobs, peerGone: connections.peerGone(context.channel),
            standing: Standing(of: context.caller, ledger))
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await ledger.metrics.holding(context.template ?? "") {
                    try await stream.run { try await writer.write($0) }
                }
                try await writer.finish(nil)
            })
    }
}

/// One client's stream of events. It holds no more than one part of them at a time, however many jobs there are.
private struct BatchEventStream: Sendable {
    let ledger: Ledger
    let batchID: String
    let start: EventPosition
    let jobs: JobEvents
    /// Silenced when the client has hung up.
    let peerGone: Bell?
    let standing: Standing

    private static let part = 256
    /// At most so often the batch is told anew.
    private static let pace = 0.1
    /// Changes made by another control plane on the same ledger ring no bell here.
    private static let lookAgain = 1.0
    /// Proxies and clients take a silent connection for a dead one.
    private static let keepAlive = 15.0

    /// Ends with the batch, the client, the token it came with, or the control plane.
    func run(_ write: (ByteBuffer) async throws -> Void) async throws {
        let clock = ledger.clock
        var position = start
        var shown: BatchOverview?
        var nextShow = clock.now()
        var silentSince = clock.now()
        while peerGone?.isSilenced != true, !ledger.changes.isSilenced, try await standing.isGood() {
            let strokes = ledger.changes.strokes
            let moment =
                switch jobs {
                case .all: try await ledger.moment(batchID: batchID, after: position, limit: Self.part)
                case .none: BatchMoment(overview: try await ledger.overview(batchID: batchID), ends: [], hasMore: false)
                }
            var buffer = ByteBuffer()
            for (after, end) in moment.ends {
                position = after
                try buffer.writeEvent("job", id: position, end)
            }
            if moment.overview != shown, clock.now() >= nextShow || moment.isLast {
                try buffer.writeEvent("batch", id: position, moment.overview)
                shown = moment.overview
                nextShow = clock.now().addingTimeInterval(Self.pace)
            }
            if moment.isLast { try buffer.writeEvent("end", id: position, moment.overview) }
            if buffer.readableBytes == 0, clock.now().timeIntervalSince(silentSince) >= Self.keepAlive {
                buffer.writeString(": still here\n\n")
            }
            if buffer.readableBytes > 0 {
                try await write(buffer)
                silentSince = clock.now()
            }
            if moment.isLast { return }
            if !moment.hasMore { await pause(after: strokes) }
            try Task.checkCancellation()
        }
    }

    private func pause(after strokes: UInt64) async {
        let clock = ledger.clock
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let begin = clock.now()
                do { try await clock.sleep(until: begin.addingTimeInterval(Self.pace)) } catch { return }
                await ledger.changes.wait(after: strokes, until: begin.addingTimeInterval(Self.lookAgain), clock: clock)
            }
            if let peerGone { group.addTask { await peerGone.wait(after: peerGone.strokes) } }
            await group.next()
            group.cancelAll()
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func writeEvent(_ name: String, id: EventPosition, _ data: some Encodable) throws {
        writeString("id: \(id)\nevent: \(name)\ndata: ")
        writeBytes(try WireJSON.encode(data))
        writeString("\n\n")
    }
}
