import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A TCP server that reads HTTP requests and answers each with the bytes a script says, HTTP or not.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        var path: String
        var body: Data
    }

    enum Answer: Sendable {
        case status(Int, body: Data = Data(), headers: [String] = [])
        /// Exactly these bytes; then the connection stays open.
        case bytes(String)
        case hangUp

        static func problem(_ status: Int, _ detail: String) -> Answer {
            .status(status, body: Data(#"{"title":"Refused","status":\#(status),"detail":"\#(detail)"}"#.utf8))
        }
    }

    /// Cancelled when the client has hung up.
    typealias Script = @Sendable (Request) async throws -> Answer

    let port: Int
    private let listener: any Channel
    private let connections: Connections

    var url: String { "http://127.0.0.1:\(port)" }

    private init(listener: any Channel, connections: Connections) {
        self.listener = listener
        self.connections = connections
        port = listener.localAddress!.port!
    }

    static func start(port: Int = 0, script: @escaping Script) async throws -> ScriptedServer {
        let connections = Connections()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    connections.add(channel)
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                    try channel.pipeline.syncOperations.addHandler(ScriptHandler(script: script))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return ScriptedServer(listener: listener, connections: connections)
    }

    /// As if the process had been killed: the port is free and every connection closed.
    func stop() async throws {
        try await listener.close()
        for channel in connections.all() { try? await channel.close() }
    }
}

private final class Connections: Sendable {
    private let channels = Mutex<[any Channel]>([])

    func add(_ channel: any Channel) { channels.withLock { $0.append(channel) } }
    func all() -> [any Channel] { channels.withLock { $0 } }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let script: ScriptedServer.Script
    private var path = ""
    private var body = Data()
    private var task: Task<Void, any Error>?

    init(script: @escaping ScriptedServer.Script) { self.script = script }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            path = head.uri
            body = Data()
        case .body(let bytes):
            body.append(contentsOf: bytes.readableBytesView)
        case .end:
            let request = ScriptedServer.Request(path: path, body: body)
            let channel = context.channel
            task = Task { [script] in
                switch try await script(request) {
                case .status(let status, let body, let headers):
                    var text = "HTTP/1.1 \(status) Whatever\r\n"
                    if status != 204 { text += "content-length: \(body.count)\r\n" }
                    for header in headers { text += header + "\r\n" }
                    var buffer = ByteBuffer(string: text + "\r\n")
                    buffer.writeBytes(body)
                    try await channel.writeAndFlush(buffer)
                case .bytes(let text):
                    try await channel.writeAndFlush(ByteBuffer(string: text))
                case .hangUp:
                    try await channel.close()
                }
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) { task?.cancel() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
