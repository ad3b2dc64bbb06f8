import EngineKit
import EventLoop
import Glibc
import MAVLink
import Support

/// The engine's end of PX4's ground-station link. Used on the engine's loop only.
///
/// PX4 sends permanently to the first process that sends to it; while it listens it also sends to a ground station's port, so
/// that a station which replies at once may be first. The engine sends requests addressed to the vehicle and no heartbeat,
/// which PX4 would take for a ground station's, pass on to the mission, and expect to continue.
final class GroundLink {
    private let socket: OwnedDescriptor
    let instance: Instance
    private var watch: Watch?
    private var parser = MAVLinkParser()
    private var encoder = MAVLinkEncoder()
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)

    /// The component id of the vehicle's autopilot.
    private static let autopilot: UInt8 = 1
    /// The number of datagrams read before another descriptor's turn.
    private static let datagramsPerTurn = 64

    /// - Parameter onFrame: called with each frame of this vehicle's autopilot.
    /// - Throws: `SystemError`.
    init(_ instance: Instance, _ context: LoopContext, onFrame: @escaping (LoopContext, MAVLinkFrame) -> Void) throws {
        self.instance = instance
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        socket = try OwnedDescriptor("socket", Glibc.socket(AF_INET, kind, 0))
        // The buffer for datagrams that wait while the loop is busy; the kernel limits it.
        var size: Int32 = 4 << 20
        setsockopt(socket.raw, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        try bindToLoopback()
        // A connected socket only receives datagrams from that address.
        try Self.withLoopback(port: instance.groundPort) { address, length throws(SystemError) in
            _ = try SystemError.check("connect", connect(socket.raw, address, length))
        }
        watch = try context.watch(socket.raw, .readable) { [weak self] context, _ in self?.receive(context, onFrame) }
    }

    deinit { buffer.deallocate() }

    func close() {
        watch?.cancel()
        watch = nil
    }

    /// Sends a message. Before PX4 listens it is lost, which is no error.
    func send(_ message: some MAVLinkTypedMessage) {
        let frame = encoder.encode(message)
        _ = frame.withUnsafeBytes { Glibc.send(socket.raw, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL)) }
    }

    /// Sends a message and returns whether a process listens: on the loopback the kernel reports a refusal before this returns.
    func reaches(_ message: some MAVLinkTypedMessage) -> Bool {
        _ = socketError()
        send(message)
        return socketError() == 0
    }

    /// The pending error of the socket, which reading clears.
    private func socketError() -> Int32 {
        var (error, size): (Int32, socklen_t) = (0, socklen_t(MemoryLayout<Int32>.size))
        getsockopt(socket.raw, SOL_SOCKET, SO_ERROR, &error, &size)
        return error
    }

    /// Requests a message at a rate per simulated second; 0 stops it.
    func request(_ message: UInt32, hertz: Double) {
        send(CommandLong.setMessageInterval(
            system: instance.systemID, message: message, microseconds: hertz > 0 ? Float(1e6 / hertz) : -1))
    }

    /// Sends a cheap request as a probe. Returns false if no process listens yet.
    func probe() -> Bool { reaches(ParamRequestRead(system: instance.systemID, name: "SYS_AUTOSTART")) }

    func request(parameter name: String) { send(ParamRequestRead(system: instance.systemID, name: name)) }

    private func receive(_ context: LoopContext, _ onFrame: (LoopContext, MAVLinkFrame) -> Void) {
        for _ in 0..<Self.datagramsPerTurn {
            let count = recv(socket.raw, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0 {
                // A refusal concerns a datagram that was sent before PX4 listened.
                if errno == EINTR || errno == ECONNREFUSED { continue }
                return
            }
            let vehicle = instance.systemID
            parser.push(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { frame in
                // PX4 forwards messages from its other links.
                if frame.systemID == vehicle, frame.componentID == Self.autopilot { onFrame(context, frame) }
            }
            if watch == nil { return }
        }
    }

    private func bindToLoopback() throws(SystemError) {
        try Self.withLoopback(port: 0) { address, length throws(SystemError) in
            _ = try SystemError.check("bind", bind(socket.raw, address, length))
        }
    }

    private static func withLoopback(port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemError) -> Void) throws(SystemError) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        try withUnsafePointer(to: &address) { (pointer) throws(SystemError) in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { (generic) throws(SystemError) in
                try body(generic, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
