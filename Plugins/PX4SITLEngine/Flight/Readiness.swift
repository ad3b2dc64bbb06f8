/// How far a vehicle has to be for its mission to begin.
enum Readiness: String, CaseIterable, Sendable {
    /// Its pre-arm checks pass: it may be armed in the mode that it starts in, which takes a position.
    case armable
    /// It knows its attitude. Enough for modes without a position, such as a study without GPS flies in.
    case attitude
    /// It tells its state. What it waits for from then on is the mission's affair.
    case heard

    func isMet(by status: SystemStatus) -> Bool {
        switch self {
        case .armable: status.isReadyToArm
        case .attitude: status.hasAttitude
        case .heard: true
        }
    }

    /// What was waited for in vain.
    var absence: String {
        switch self {
        case .armable: "become ready to arm"
        case .attitude: "come to know its attitude"
        case .heard: "tell its state"
        }
    }
}
