import CChannel
import EngineABI
import Glibc
import Support
import Synchronization

/// What an engine's process says without being called: log lines and telemetry, which wait for nothing, and questions, which
/// wait for their answer.
final class ChildInbox: Sendable {
    private struct News {
        var buffer = MessageBuffer()
        /// Whether the other process has more to say than its end of the connection holds.
        var isBehind = false
    }

    /// Valid as long as this process, and for any thread.
    private nonisolated(unsafe) let host: UnsafePointer<lynx_host>
    private let newsChannel: Channel
    private let questions: Channel
    private let news = Mutex(News())

    init(host: UnsafePointer<lynx_host>, news: Channel, questions: Channel) {
        self.host = host
        newsChannel = news
        self.questions = questions
    }

    /// Of both connections.
    var descriptors: [Int32] { [newsChannel.socket.raw, questions.socket.raw] }

    /// Takes what has come on one of the two. Returns false at its end.
    func hear(_ descriptor: Int32) throws -> Bool {
        if descriptor == newsChannel.socket.raw { return try news.withLock { news in try read(&news) } }
        do {
            try answer(try questions.receive())
            return true
        } catch Channel.Failure.closed {
            return false
        }
    }

    /// Takes all news that have come.
    func drain() { news.withLock { news in _ = try? read(&news) } }

    /// Takes all news that the engine gave before this call. Returns false if more are to come: the engine gave them faster than
    /// they could be taken.
    func settle() -> Bool {
        news.withLock { news in
            guard (try? read(&news)) == true else { return true }
            return !news.isBehind && !news.buffer.isPartial
        }
    }

    private func read(_ news: inout News) throws -> Bool {
        try withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { piece in
            while true {
                var passed: Int32 = -1
                let count = lynx_receive(newsChannel.socket.raw, piece.baseAddress, piece.count, &passed, false)
                if passed >= 0 { close(passed) }
                if count < 0, errno == EAGAIN { return true }
                guard count > 0 else { return false }
                news.buffer.append(UnsafeRawBufferPointer(rebasing: piece[..<count]))
                while var message = try news.buffer.next() {
                    switch message.topic {
                    case .log: try log(&message)
                    case .samples: news.isBehind = try emit(&message)
                    case .drained: news.isBehind = false
                    default: throw MalformedMessage()
                    }
                }
            }
        }
    }

    private func log(_ message: inout MessageReader) throws(MalformedMessage) {
        let job = try message.value(UInt64.self), level = try message.value(UInt32.self)
        let text = try message.text()
        text.withLynxString { host.pointee.log(host, job, lynx_log_level(level), $0) }
    }

    private func emit(_ message: inout MessageReader) throws(MalformedMessage) -> Bool {
        let job = try message.value(UInt64.self), isBehind = try message.value(UInt8.self) != 0
        let count = Int(try message.value(UInt32.self))
        guard count <= Message.mostBytes / 24 else { throw MalformedMessage() }
        var samples: [(name: ArraySlice<UInt8>, units: ArraySlice<UInt8>, time: Double, value: Double)] = []
        samples.reserveCapacity(min(count, 4096))
        for _ in 0..<count {
            let time = try message.value(Double.self), value = try message.value(Double.self)
            samples.append((try message.data(), try message.data(), time, value))
        }
        // The slices are of one array, which holds still as long as its bytes are borrowed.
        message.withContent { content in
            let raw = samples.map { lynx_sample(name: content.text($0.name), units: content.text($0.units), sim_time_s: $0.time, value: $0.value) }
            raw.withUnsafeBufferPointer { host.pointee.emit_telemetry(host, job, $0.baseAddress, $0.count) }
        }
        return isBehind
    }

    private func answer(_ question: MessageReader) throws {
        var question = question
        let table = LYNX_EXTENSION_RESULT_BASIS.withLynxString { host.pointee.get_extension(host, $0) }?
            .assumingMemoryBound(to: lynx_result_basis.self)
        switch question.topic {
        case .restsOn:
            let job = try question.value(UInt64.self)
            try question.data().withLynxString { table?.pointee.rests_on(host, job, $0) }
        case .retract:
            let basis = try question.data(), why = try question.data()
            basis.withLynxString { basis in why.withLynxString { table?.pointee.retract(host, basis, $0) } }
        default: throw MalformedMessage()
        }
        try questions.send(Message(.answer))
    }
}
