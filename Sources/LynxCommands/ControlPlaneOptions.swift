import ArgumentParser
import FoundationEssentials
package import LynxCLI

/// What every command that talks to a control plane takes.
package struct ControlPlaneOptions: ParsableArguments {
    static let defaultURL = "http://127.0.0.1:8080"

    @Option(
        name: .customLong("control-plane"),
        help: ArgumentHelp("The control plane (default: $LYNX_CONTROL_PLANE_URL, or else \(defaultURL)).", valueName: "url"))
    var controlPlane: String?

    @Option(help: ArgumentHelp("The file that holds the API token (default: the token in $LYNX_TOKEN, if any).", valueName: "file"))
    var tokenFile: String?

    @Option(help: ArgumentHelp("Certificates (PEM) that the control plane's may be signed by, instead of the system's.", valueName: "file"))
    var caFile: String?

    @Flag(help: "JSON on standard output, for scripts.")
    package var json = false

    package init() {}

    var url: String {
        let fromEnvironment = ProcessInfo.processInfo.environment["LYNX_CONTROL_PLANE_URL"]
        return controlPlane ?? fromEnvironment.flatMap { $0.isEmpty ? nil : $0 } ?? Self.defaultURL
    }

    package func withAPI<Value>(_ body: (APIClient) async throws -> Value) async throws -> Value {
        try await APIClient.with(baseURL: url, token: try TokenSource.find(file: tokenFile), caFile: caFile, body)
    }
}
