/// The methods served, by their HTTP/2 paths.
enum GRPCMethod: String, CaseIterable, Sendable {
    case stream = "/tetryx.telemetry.v1.TelemetryService/Stream"
    case report = "/tetryx.telemetry.v1.TelemetryService/Report"
    case healthCheck = "/grpc.health.v1.Health/Check"
    case healthWatch = "/grpc.health.v1.Health/Watch"

    /// Services that the health service knows; the empty name is the server itself.
    static let healthyServices = ["", "tetryx.telemetry.v1.TelemetryService", "grpc.health.v1.Health"]

    /// Whether a call carries any number of request messages rather than exactly one.
    var takesManyMessages: Bool { self == .stream }
}
