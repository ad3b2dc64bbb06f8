import Glibc
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Watches over one connection: tells when its client has hung up, and closes it when the client sends nothing for too long.
final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart

    private let connections: Connections
    private let limits: ConnectionLimits
    private var patience: ConnectionPatience
    private var wasIdle = true
    /// It is being closed for having been waited for in vain.
    private var isGivenUp = false
    private var timer: (at: NIODeadline, task: Scheduled<Void>)?

    init(connections: Connections, limits: ConnectionLimits) {
        self.connections = connections
        self.limits = limits
        patience = ConnectionPatience(limits, now: .now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        patience = ConnectionPatience(limits, now: .now())
        guard connections.opened(context.channel) else {
            // Not before the pipeline is complete: a connection that cannot be set up ends the whole server.
            return context.eventLoop.execute { [channel = context.channel] in channel.close(promise: nil) }
        }
        // Not there on a socket that is no TCP socket, nor needed.
        let milliseconds = Int(limits.unread.nanoseconds / 1_000_000)
        try? context.channel.syncOptions?.setOption(
            ChannelOptions.Types.SocketOption(level: .tcp, name: Self.userTimeout), value: milliseconds)
        update(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        connections.closed(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = NIODeadline.now()
        switch unwrapInboundIn(data) {
        case .head: patience.headCame()
        case .body(let buffer): patience.bodyCame(bytes: buffer.readableBytes, now: now)
        case .end: patience.requestEnded(now: now)
        }
        context.fireChannelRead(data)
        update(context)
    }

    func read(context: ChannelHandlerContext) {
        patience.wanted(now: .now())
        context.read()
        update(context)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            patience.answered(now: .now())
            update(context)
        }
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent { connections.peerGone(context.channel)?.silence() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        connections.peerGone(context.channel)?.silence()
        context.fireChannelInactive()
    }

    private static let userTimeout = NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT)

    private func update(_ context: ChannelHandlerContext) {
        if patience.isIdle != wasIdle {
            wasIdle = patience.isIdle
            connections.mark(context.channel, idle: wasIdle)
        }
        guard !isGivenUp, let deadline = patience.limit?.deadline else { return }
        // A timer that comes too early looks again; that is cheaper than a new one for each part of a body.
        if let timer, timer.at <= deadline { return }
        timer?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timerCame(context) }
        timer = (deadline, task)
    }

    private func timerCame(_ context: ChannelHandlerContext) {
        timer = nil
        guard let (deadline, overdue) = patience.limit else { return }
        guard deadline <= .now() else { return update(context) }
        isGivenUp = true
        switch overdue {
        case .nextHead: break
        case .firstHead: connections.log.closed(.noRequest, address: Connections.address(of: context.channel), on: context.eventLoop)
        case .body: connections.log.closed(.slowBody, address: Connections.address(of: context.channel), on: context.eventLoop)
        }
        context.close(promise: nil)
    }
}
