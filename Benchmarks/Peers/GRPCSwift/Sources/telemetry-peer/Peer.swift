import GRPCCore
import GRPCNIOTransportHTTP2
import GRPCProtobuf
import Glibc

/// The peer: a telemetry server with grpc-swift-2. It decodes each batch, compares the watched variable with a threshold,
/// and keeps nothing.
///
/// Prints its port, and serves until it is killed.
@main
struct Peer {
    static func main() async throws {
        let server = GRPCServer(
            transport: .http2NIOPosix(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext),
            services: [TelemetryService()])
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await server.serve() }
            if let address = try await server.listeningAddress?.ipv4 {
                print(address.port)
                fflush(nil)
            }
        }
    }
}

/// Registered by hand as protoc-gen-grpc-swift-2 would have it done.
struct TelemetryService: RegistrableRPCService {
    private static let stream = MethodDescriptor(
        fullyQualifiedService: "tetryx.telemetry.v1.TelemetryService", method: "Stream")
    private static let watched = "orbit.radius_km"
    private static let threshold = 6371.0

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        router.registerHandler(
            forMethod: Self.stream,
            deserializer: ProtobufDeserializer<Tetryx_Telemetry_V1_TelemetryBatch>(),
            serializer: ProtobufSerializer<Tetryx_Telemetry_V1_TelemetryAck>()
        ) { request, _ in
            let ack = try await Self.take(request)
            return StreamingServerResponse(single: ServerResponse(message: ack))
        }
    }

    private static func take(
        _ request: StreamingServerRequest<Tetryx_Telemetry_V1_TelemetryBatch>
    ) async throws -> Tetryx_Telemetry_V1_TelemetryAck {
        var ack = Tetryx_Telemetry_V1_TelemetryAck()
        var breached = false
        for try await batch in request.messages {
            for sample in batch.samples {
                ack.accepted += 1
                if sample.name == watched, sample.value < threshold { breached = true }
            }
            for series in batch.series {
                ack.accepted += UInt64(series.values.count)
                if series.name == watched, series.values.contains(where: { $0 < threshold }) { breached = true }
            }
        }
        if breached { throw RPCError(code: .aborted, message: "breach") }
        return ack
    }
}
