import CChannel
import EngineABI
import EventLoop
import Glibc
import Support
import Synchronization

/// The host's table in the process of an engine: what the engine says to the host without being called.
final class WorkerOutlet: Sendable {
    private struct News {
        var channel: Channel?
        /// What the connection had no room for, in its order.
        var waiting: [UInt8] = []
        var dropped = 0
    }

    private let news = Mutex(News())
    private let questions = Mutex<Channel?>(nil)
    private let flusher = CallThreads(name: "news", most: 1)

    /// The most bytes that wait for the host to take them; samples past that are dropped.
    private static let mostWaiting = 32 << 20

    func connect(news channel: Channel) { news.withLock { $0.channel = channel } }
    func connect(questions channel: Channel) { questions.withLock { $0 = channel } }

    /// Makes the table. It and this object live as long as the process.
    func makeTable() -> UnsafePointer<lynx_host> {
        let table = UnsafeMutablePointer<lynx_host>.allocate(capacity: 1)
        table.initialize(
            to: lynx_host(
                struct_size: UInt32(MemoryLayout<lynx_host>.size), abi_minor: LYNX_ABI_MINOR,
                context: Unmanaged.passRetained(self).toOpaque(),
                log: { host, job, level, text in
                    var message = Message(.log, job)
                    message.put(level.rawValue)
                    message.put(text.bytes)
                    WorkerOutlet.of(host).post(message, isSamples: false)
                },
                monotonic_ns: { _ in MonotonicClock.now },
                emit_telemetry: { host, job, samples, count in
                    WorkerOutlet.of(host).emit(job, UnsafeBufferPointer(start: samples, count: count))
                },
                get_extension: { _, name in
                    switch String(lynx: name) {
                    case LYNX_EXTENSION_RESULT_BASIS: UnsafeRawPointer(WorkerOutlet.resultBasis)
                    case LYNX_EXTENSION_PROCESS: UnsafeRawPointer(ProcessExtension.table)
                    default: nil
                    }
                }))
        return UnsafePointer(table)
    }

    /// Never changed and never freed.
    private nonisolated(unsafe) static let resultBasis: UnsafePointer<lynx_result_basis> = {
        let table = UnsafeMutablePointer<lynx_result_basis>.allocate(capacity: 1)
        table.initialize(
            to: lynx_result_basis(
                struct_size: UInt32(MemoryLayout<lynx_result_basis>.size),
                rests_on: { host, job, basis in
                    var message = Message(.restsOn, job)
                    message.put(basis.bytes)
                    WorkerOutlet.of(host).ask(message)
                },
                retract: { host, basis, why in
                    var message = Message(.retract)
                    message.put(basis.bytes)
                    message.put(why.bytes)
                    WorkerOutlet.of(host).ask(message)
                }))
        return UnsafePointer(table)
    }()

    private static func of(_ host: UnsafePointer<lynx_host>?) -> WorkerOutlet {
        Unmanaged<WorkerOutlet>.fromOpaque(host!.pointee.context).takeUnretainedValue()
    }

    /// Asks the host and waits for its answer.
    private func ask(_ message: Message) {
        questions.withLock { channel in
            guard let channel else { return }
            do {
                try channel.send(message)
                _ = try channel.receive()
            } catch {
                _exit(0)
            }
        }
    }

    /// Samples in one message; more have several.
    private static let mostSamples = 2048

    private func emit(_ job: UInt64, _ samples: UnsafeBufferPointer<lynx_sample>) {
        var rest = samples[...]
        while !rest.isEmpty {
            let some = rest.prefix(Self.mostSamples)
            rest = rest.dropFirst(some.count)
            var message = Message(.samples, job)
            message.put(UInt8(0))
            message.put(UInt32(some.count))
            for sample in some {
                message.put(sample.sim_time_s)
                message.put(sample.value)
                message.put(sample.name.bytes)
                message.put(sample.units.bytes)
            }
            post(message, isSamples: true)
        }
    }

    /// Sends a message if there is room for it, and otherwise leaves it to the flusher. Never waits for the host.
    private func post(_ message: Message, isSamples: Bool) {
        news.withLock { news in
            guard let channel = news.channel else { return }
            if news.waiting.isEmpty {
                let bytes = message.sealed
                let sent = bytes.withUnsafeBytes { lynx_send(channel.socket.raw, $0.baseAddress, $0.count, -1, false) }
                if sent == bytes.count { return }
                if sent < 0, errno != EAGAIN { return }
                news.waiting = Array(bytes[max(0, sent)...])
                flusher.start { [self] in flush() }
            } else if news.waiting.count < Self.mostWaiting {
                // Says that more are to come, until the flusher says that there are none.
                news.waiting += isSamples ? message.sealed(withMore: true) : message.sealed
            } else {
                news.dropped += 1
            }
        }
    }

    /// Sends what waits, as the host takes it.
    private func flush() {
        while true {
            let descriptor = news.withLock { $0.channel?.socket.raw ?? -1 }
            var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&wait, 1, -1)
            let isDone = news.withLock { news -> Bool in
                let sent = news.waiting.withUnsafeBytes { lynx_send(descriptor, $0.baseAddress, $0.count, -1, false) }
                if sent < 0 { return errno != EAGAIN }
                news.waiting.removeFirst(sent)
                guard news.waiting.isEmpty else { return false }
                if news.dropped > 0 {
                    var message = Message(.log, 0)
                    message.put(LYNX_LOG_WARNING.rawValue)
                    message.put("\(news.dropped) messages of the engine were dropped: the host could not take them as fast as they came")
                    news.waiting += message.sealed
                    news.dropped = 0
                }
                let last = Message(.drained).sealed
                let isLast = news.waiting.isEmpty && last.withUnsafeBytes { lynx_send(descriptor, $0.baseAddress, $0.count, -1, false) } == last.count
                if !isLast { news.waiting += last }
                return isLast
            }
            if isDone { return }
        }
    }
}

extension Message {
    /// A message of samples that says that more are to come.
    fileprivate func sealed(withMore: Bool) -> [UInt8] {
        var sealed = sealed
        sealed[Self.headSize + MemoryLayout<UInt64>.size] = withMore ? 1 : 0
        return sealed
    }
}
