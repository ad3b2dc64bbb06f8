import CChannel
import Glibc
import Support

/// One end of a connection between the host and the process of an engine.
///
/// Sendable because only one thread at a time uses it: the one that has taken it from its pool, holds its lock, or serves it.
final class Channel: @unchecked Sendable {
    let socket: OwnedDescriptor
    private var buffer = MessageBuffer()
    private var descriptor: Int32 = -1
    private let pieceSize = 64 << 10
    private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

    enum Failure: Error {
        /// The other process is gone, or has closed its end.
        case closed
        /// The other process has been silent for longer than the time allowed.
        case silent
        case malformed
    }

    init(_ socket: consuming OwnedDescriptor) { self.socket = socket }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        piece.deallocate()
    }

    /// A connection; one end of it is meant for the other process.
    struct Pair: ~Copyable {
        let own: Channel
        let other: OwnedDescriptor

        init() throws(SystemError) {
            var ends: [Int32] = [-1, -1]
            guard lynx_socket_pair(&ends) == 0 else { throw SystemError(call: "socketpair", code: errno) }
            own = Channel(OwnedDescriptor(ends[0]))
            other = OwnedDescriptor(ends[1])
        }
    }

    /// Limits the silence of the other process, for sending and receiving alike.
    func limitSilence(to patience: Duration) { lynx_set_patience(socket.raw, Int(patience / .milliseconds(1))) }

    /// - Parameter descriptor: passed with the message; -1 for none. It stays the caller's.
    func send(_ message: Message, descriptor: Int32 = -1) throws(Failure) { try send(message.sealed, descriptor: descriptor) }

    /// Sends whole messages.
    func send(_ bytes: [UInt8], descriptor: Int32 = -1) throws(Failure) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { lynx_send(socket.raw, $0.baseAddress! + sent, $0.count - sent, sent == 0 ? descriptor : -1, true) }
            guard count > 0 else { throw errno == EAGAIN ? .silent : .closed }
            sent += count
        }
    }

    /// The next message, waited for.
    func receive() throws(Failure) -> MessageReader {
        while true {
            do throws(MalformedMessage) {
                if let message = try buffer.next() { return message }
            } catch {
                throw .malformed
            }
            var passed: Int32 = -1
            let count = lynx_receive(socket.raw, piece.baseAddress, piece.count, &passed, true)
            if passed >= 0 {
                if descriptor >= 0 { close(descriptor) }
                descriptor = passed
            }
            guard count > 0 else { throw count < 0 && errno == EAGAIN ? .silent : .closed }
            buffer.append(UnsafeRawBufferPointer(rebasing: piece[..<count]))
        }
    }

    /// The descriptor that came with the latest message; nil if none did.
    func takeDescriptor() -> OwnedDescriptor? {
        guard descriptor >= 0 else { return nil }
        defer { descriptor = -1 }
        return OwnedDescriptor(descriptor)
    }
}
