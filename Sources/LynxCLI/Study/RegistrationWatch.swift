import FoundationEssentials
import LynxModel

/// Waits until the runner that was started has introduced itself to the control plane.
struct RegistrationWatch: Sendable {
    private let api: APIClient
    private let since: Date
    private let runnerLog: String

    private static let patience = Duration.seconds(10)

    /// - Parameter since: runners last heard of before this moment belong to the past.
    init(api: APIClient, since: Date, runnerLog: String) {
        self.api = api
        // The API's dates are cut to milliseconds.
        self.since = since.addingTimeInterval(-0.001)
        self.runnerLog = runnerLog
    }

    func runner() async -> Runner? {
        guard let runners = try? await api.runners() else { return nil }
        return runners.first { $0.lastHeartbeatAt >= since && $0.status != .offline }
    }

    /// False when the task was cancelled before it came.
    func wait(telling status: StatusOutput) async -> Bool {
        let begin = ContinuousClock.now
        var told = false
        while await runner() == nil {
            let waited = ContinuousClock.now - begin
            if !told, waited > Self.patience {
                status.note("still waiting for runner-host to register; its log is \(runnerLog)")
                told = true
            }
            do { try await Task.sleep(for: .milliseconds(waited < .seconds(2) ? 25 : 200)) } catch { return false }
        }
        return true
    }
}
