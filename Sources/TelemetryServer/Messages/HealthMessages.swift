import CProtobufC
import CTelemetryProto

/// The messages of `grpc.health.v1.Health`.
enum HealthMessages {
    enum ServingStatus {
        case serving
        case serviceUnknown
    }

    /// A decoded request is its name and a few words; larger requests are not legitimate.
    private static let maxDecodedBytes = 64 << 10

    /// The service that a HealthCheckRequest names.
    static func service(_ message: UnsafeRawBufferPointer) throws(GRPCStatus) -> String {
        let arena = DecodeArena(limit: maxDecodedBytes)
        let unpacked = grpc__health__v1__health_check_request__unpack(
            arena.allocator, message.count, message.bindMemory(to: UInt8.self).baseAddress)
        guard let request = unpacked?.pointee else {
            throw arena.isExhausted
                ? GRPCStatus(.resourceExhausted, "a HealthCheckRequest is over the limit of \(maxDecodedBytes) bytes")
                : GRPCStatus(.internal, "a message is not a HealthCheckRequest")
        }
        // The decoded request lies in the arena, which has to live until it has been read.
        return try withExtendedLifetime(arena) { () throws(GRPCStatus) in
            guard let service = String(validatingCString: request.service) else {
                throw GRPCStatus(.invalidArgument, "the service's name is not UTF-8")
            }
            return service
        }
    }

    static func response(_ status: ServingStatus) -> [UInt8] {
        var message = Grpc__Health__V1__HealthCheckResponse()
        grpc__health__v1__health_check_response__init(&message)
        message.status =
            switch status {
            case .serving: GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING
            case .serviceUnknown: GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVICE_UNKNOWN
            }
        var bytes = [UInt8](repeating: 0, count: grpc__health__v1__health_check_response__get_packed_size(&message))
        _ = grpc__health__v1__health_check_response__pack(&message, &bytes)
        return bytes
    }
}
