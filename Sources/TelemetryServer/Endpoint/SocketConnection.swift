import EventLoop
import Glibc
import Support

/// A client's socket: moves bytes between it and its `GRPCConnection`.
///
/// While the client doesn't take what it is sent, nothing more is read from it, so its answers cannot pile up here.
final class SocketConnection {
    /// How long one connection may keep the loop to itself, in nanoseconds.
    private static let turn: UInt64 = 200_000
    private static let outputLimit = 64 << 10
    /// More than both ends of a loopback connection hold in the kernel, by its default limits.
    private static let mostWaiting: UInt64 = 16 << 20

    /// Bytes received so far.
    private(set) var receivedBytes: UInt64 = 0
    /// Whether all that waited when draining began has been read: what comes now was sent later.
    var hasReadBacklog: Bool { wasEmpty || receivedBytes - receivedBeforeDrain > Self.mostWaiting }

    private let descriptor: CInt
    private var socket: OwnedDescriptor?
    private let grpc: GRPCConnection
    private let context: LoopContext
    private let onClose: (SocketConnection) -> Void
    private var watch: Watch?
    private var handshake: TimerToken?
    private var output: [UInt8] = []
    private var sent = 0
    private var discardsOutput = false
    private var isDraining = false
    private var receivedBeforeDrain: UInt64 = 0
    /// Since draining began the socket has been found without anything to read.
    private var wasEmpty = false

    /// Takes over an accepted, non-blocking socket. `onClose` is called once, when the socket has been closed.
    init(
        _ socket: consuming OwnedDescriptor, endpoint: EndpointState, onClose: @escaping (SocketConnection) -> Void
    ) throws {
        descriptor = socket.raw
        self.socket = consume socket
        context = endpoint.context
        self.onClose = onClose
        grpc = try GRPCConnection(endpoint: endpoint)
        watch = try context.watch(descriptor, .readable) { [weak self] _, _ in self?.transfer() }
        grpc.onOutput = { [weak self] in self?.flush() }
        handshake = context.schedule(after: endpoint.limits.handshakeTimeout.nanoseconds) { [weak self] _ in
            self?.handshakeExpired()
        }
    }

    deinit {
        watch?.cancel()
        cancelHandshake()
    }

    /// Reads what has come, answers or no answers, and closes at its end. To be called until the other side has closed.
    func drain() {
        if !isDraining {
            isDraining = true
            receivedBeforeDrain = receivedBytes
        }
        transfer()
    }

    func close() {
        guard socket != nil else { return }
        watch?.cancel()
        watch = nil
        cancelHandshake()
        socket = nil
        onClose(self)
    }

    private var isOpen: Bool { socket != nil }

    private func transfer() {
        guard isOpen else { return }
        flush()
        let turnEnd = context.now + Self.turn
        while isOpen, output.isEmpty, receive() {
            if grpc.hasBegun { cancelHandshake() }
            flush()
            if output.isEmpty, grpc.isOver { close() }
            if context.now >= turnEnd { break }
        }
    }

    /// Reads once. False when there is nothing more to read for now, or ever.
    private func receive() -> Bool {
        let buffer = context.local(ReadBuffer.init).bytes
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count > 0 {
            receivedBytes += UInt64(count)
            if grpc.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { return true }
        } else if count < 0, errno == EINTR {
            return true
        } else if count < 0, errno == EAGAIN {
            wasEmpty = isDraining
            return false
        }
        close()
        return false
    }

    private func flush() {
        guard isOpen else { return }
        while true {
            if sent == output.count {
                output.removeAll(keepingCapacity: true)
                sent = 0
                guard grpc.appendOutput(to: &output, limit: Self.outputLimit) else { return close() }
                guard !output.isEmpty else { return wait(for: .readable) }
            }
            guard send() else { return wait(for: .writable) }
        }
    }

    /// Sends what it can of the output. False when the client must take some of it first.
    private func send() -> Bool {
        if !discardsOutput {
            let count = output.withUnsafeBytes { bytes in
                Glibc.send(descriptor, bytes.baseAddress! + sent, bytes.count - sent, CInt(MSG_NOSIGNAL))
            }
            if count >= 0 {
                sent += count
                return true
            }
            if errno == EINTR { return true }
            if errno == EAGAIN, !isDraining { return false }
            // The client takes nothing more, but what it sent before may still be here to read.
            discardsOutput = true
        }
        sent = output.count
        return true
    }

    private func wait(for interest: Interest) {
        do { try watch?.update(interest) } catch { close() }
    }

    // A loop that was held up is late to read, too: what has come in the meantime counts.
    private func handshakeExpired() {
        handshake = nil
        transfer()
        if !grpc.hasBegun { close() }
    }

    private func cancelHandshake() {
        guard let timer = handshake else { return }
        context.cancel(timer)
        handshake = nil
    }
}

/// Where a loop's connections read to, one after the other.
private final class ReadBuffer {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

    deinit {
        bytes.deallocate()
    }
}
