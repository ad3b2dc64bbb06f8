import FoundationEssentials
import LynxModel
import Synchronization

@testable import RunnerHost

/// Takes nothing.
struct ClosedOutlet: TelemetryOutlet {
    var isOpen: Bool { false }
    var chunks: Int { 0 }
    var warnings: [String] { [] }
    func take(_ chunk: Data) throws { preconditionFailure("taken while closed") }
}

/// Keeps what it takes; refuses as often as it is told to.
final class KeepingOutlet: TelemetryOutlet {
    struct Refused: Error {}

    private let state = Monitor<(taken: [Data], refusals: Int)>(([], 0))

    init(refusals: Int = 0) { state.with { $0.refusals = refusals } }

    var isOpen: Bool { true }
    var chunks: Int { state.with { $0.taken.count } }
    var warnings: [String] { [] }
    var taken: [Data] { state.with { $0.taken } }

    func take(_ chunk: Data) throws {
        let isRefused = state.with { state in
            if state.refusals > 0 {
                state.refusals -= 1
                return true
            }
            state.taken.append(chunk)
            return false
        }
        if isRefused { throw Refused() }
    }

    /// Waits until so many chunks were taken.
    func wait(for count: Int) async throws { try await state.wait { $0.taken.count >= count } }

    func wait(forRefusalsLeft count: Int) async throws { try await state.wait { $0.refusals == count } }
}
