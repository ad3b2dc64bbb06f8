import EngineKit

/// Why a job is over.
enum FlightEnd: Sendable {
    /// The mission's exit decides.
    case mission(GuardedProcess.End)
    /// The host ended it.
    case terminated
    case noInstance
    /// Every number that was tried turned out to be another PX4's.
    case collisions(Int)
    case notStarted(Program, EngineError)
    /// PX4 did not become ready in so much real time.
    case bootTimeout
    /// PX4 ran as it should, and the vehicle did not become ready in so much simulated time.
    case notReady
    /// PX4 ended before the mission did, or before it began.
    case vehicleEnded(GuardedProcess.End)
    /// A parameter has another value than it was given.
    case parameterRefused(ParameterCheck.Mismatch)
    /// PX4 did not answer for these parameters.
    case parametersUnread([String])
    /// PX4 runs, and says nothing any more.
    case linkDead

    enum Program: Sendable { case px4, mission }
}
