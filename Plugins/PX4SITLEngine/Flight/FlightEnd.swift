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
    /// PX4's pre-arm checks did not pass in time.
    case bootTimeout
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
