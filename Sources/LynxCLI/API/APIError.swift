import AsyncHTTPClient
import FoundationEssentials
import Glibc
import LynxModel
import NIOCore
import NIOPosix
import PlainText

/// What went wrong between here and the control plane, in words.
enum APIError {
    /// - Parameter tls: what is wrong with the encryption, and how to mend it.
    static func unreachable(_ baseURL: String, _ error: any Error, tls: String?) -> CLIError {
        let reason = tls ?? reason(error)
        let start = tls == nil ? "; start one with 'lynxctl serve', or name another with --control-plane URL" : ""
        var failure = CLIError("cannot reach a control plane at \(baseURL): \(reason)\(start)", exitCode: ExitStatus.unavailable, reason: reason)
        failure.mayHaveArrived = !(error is NIOConnectionError) && (error as? HTTPClientError) != .connectTimeout
        return failure
    }

    /// Renders a `Problem` document line by line: the problem itself, then each field.
    static func refused(path: String, status: Int, reason: String, body: Data) -> CLIError {
        let exitCode = (400..<500).contains(status) ? ExitStatus.badInput : ExitStatus.unavailable
        if status == 401, let problem = try? WireJSON.decode(Problem.self, from: body) {
            let help = "give one with --token-file FILE, or in LYNX_TOKEN; 'lynxctl token create' makes one"
            return .badInput("\(problem.title): \(problem.detail ?? path); \(help)")
        }
        guard let problem = try? WireJSON.decode(Problem.self, from: body) else {
            var failure = CLIError("the control plane answered \(status) \(reason) to \(path)", exitCode: exitCode)
            // What proxies answer while the control plane behind them restarts.
            failure.mayHaveArrived = (502...504).contains(status)
            return failure
        }
        var lines = [problem.detail.map { "\(problem.title): \($0)" } ?? problem.title]
        lines += (problem.errors ?? []).map { "  \($0.field): \($0.detail)" }
        return CLIError(lines, exitCode: exitCode)
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if error.connectionErrors.isEmpty { return "the host \(error.host) has no address" }
            return self.reason(error.connectionErrors[0].error)
        case let error as IOError:
            return String(cString: strerror(error.errnoCode)).lowercased()
        case let error as HTTPClientError:
            return error == .connectTimeout ? "no answer within 5 s" : error.shortDescription
        default:
            return PlainText.line("\(error)")
        }
    }
}
