import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// A stretch of network between a control plane and PostgreSQL that swallows what passes, when told to, without breaking
/// connections.
final class PostgresRelay: Sendable {
    private let directory: TemporaryDirectory
    private let listener: any Channel
    private let halves = Halves()

    private final class Halves: Sendable {
        let all = Mutex<[Half]>([])
    }

    /// What came in on one side of a connection goes out on the other. Used on one event loop.
    private final class Half: ChannelInboundHandler, @unchecked Sendable {
        typealias InboundIn = ByteBuffer

        var peer: (any Channel)?
        let swallows = Atomic(false)

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if !swallows.load(ordering: .relaxed) { peer?.writeAndFlush(unwrapInboundIn(data), promise: nil) }
        }

        func channelInactive(context: ChannelHandlerContext) { peer?.close(promise: nil) }
    }

    func url(_ database: String) -> String { "postgresql://lynx@/\(database)?host=\(directory.path)" }

    init(to server: PostgresServer) async throws {
        directory = try TemporaryDirectory()
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let socket = "/.s.PGSQL.5432"
        listener = try await ServerBootstrap(group: loop)
            .childChannelInitializer { [halves] client in
                let (up, down) = (Half(), Half())
                halves.all.withLock { $0 += [up, down] }
                return ClientBootstrap(group: loop)
                    .channelInitializer { upstream in
                        upstream.eventLoop.makeCompletedFuture { try upstream.pipeline.syncOperations.addHandler(down) }
                    }
                    .connect(unixDomainSocketPath: server.directory + socket)
                    .flatMapThrowing { upstream in
                        up.peer = upstream
                        down.peer = client
                        try client.pipeline.syncOperations.addHandler(up)
                    }
            }
            .bind(unixDomainSocketPath: directory.path + socket).get()
    }

    /// Nothing passes any more through the connections that there are.
    func swallow() {
        for half in halves.all.withLock({ $0 }) { half.swallows.store(true, ordering: .relaxed) }
    }

    func close() async throws { try await listener.close() }
}
