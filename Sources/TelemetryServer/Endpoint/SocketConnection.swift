import EventLoop
import Glibc
import Support

/// A client's socket: moves bytes between it and its `GRPCConnection`.
///
/// While the client does not read what was sent, nothing more is read from it, so responses cannot accumulate.
final class SocketConnection {
    /// The longest time in nanoseconds that one connection may occupy the loop at once.
    private static let turn: UInt64 = 200_000
    private static let outputLimit = 64 << 10
    /// More bytes than both ends of a loopback connection buffer in the kernel by its default limits.
    private static let mostWaiting: UInt64 = 16 << 20

    /// The number of bytes received so far.
    private(set) var receivedBytes: UInt64 = 0
    /// Whether everything that was waiting when draining began has been read: data that arrives now was sent later.
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
    /// Whether the socket has been found empty since draining began.
    private var wasEmpty = false

    /// Takes ownership of an accepted, non-blocking socket. `onClose` is called once, after the socket was closed.
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

    /// Reads what has arrived even while responses cannot be sent, and closes the connection at its end. To be called
    /// repeatedly until the other side has closed.
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

    /// Reads once. Returns false if nothing more can be read now, or ever.
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

    /// Sends as much output as possible. Returns false if the client has to read some of it first.
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
            // The client accepts nothing more, but data that it sent before may still be waiting.
            discardsOutput = true
        }
        sent = output.count
        return true
    }

    private func wait(for interest: Interest) {
        do { try watch?.update(interest) } catch { close() }
    }

    // If the loop was delayed, reading was too, so data that arrived in the meantime counts.
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

/// The buffer that all connections of a loop read into, one after the other.
private final class ReadBuffer {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

    deinit {
        bytes.deallocate()
    }
}
