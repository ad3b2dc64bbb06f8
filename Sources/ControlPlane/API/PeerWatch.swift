import NIOCore
import Synchronization

/// The open connections, and for each a bell that is silenced once its client has closed it, also while its
/// call is still being answered: a claim that waits for work is not to hand a job to nobody.
final class Connections: Sendable {
    private let bells = Mutex<[ObjectIdentifier: Bell]>([:])

    /// Nil where there is no connection to watch.
    func peerGone(_ channel: any Channel) -> Bell? {
        bells.withLock { $0[ObjectIdentifier(channel)] }
    }

    /// A handler to be added to the pipeline of each connection.
    func watch() -> some RemovableChannelHandler { PeerWatch(connections: self) }

    fileprivate func opened(_ channel: any Channel) {
        bells.withLock { $0[ObjectIdentifier(channel)] = Bell() }
    }

    fileprivate func closed(_ channel: any Channel) {
        bells.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }?.silence()
    }
}

private final class PeerWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let connections: Connections

    init(connections: Connections) { self.connections = connections }

    func handlerAdded(context: ChannelHandlerContext) { connections.opened(context.channel) }

    func handlerRemoved(context: ChannelHandlerContext) { connections.closed(context.channel) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent { connections.peerGone(context.channel)?.silence() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        connections.peerGone(context.channel)?.silence()
        context.fireChannelInactive()
    }
}
