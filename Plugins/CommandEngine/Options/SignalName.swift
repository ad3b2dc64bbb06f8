import Glibc

/// A signal by the name that kill(1) and people use.
package enum SignalName: String, CaseIterable, Hashable, Sendable {
    case hangUp = "SIGHUP"
    case interrupt = "SIGINT"
    case quit = "SIGQUIT"
    case illegal = "SIGILL"
    case trap = "SIGTRAP"
    case abort = "SIGABRT"
    case bus = "SIGBUS"
    case floatingPoint = "SIGFPE"
    case kill = "SIGKILL"
    case user1 = "SIGUSR1"
    case segmentation = "SIGSEGV"
    case user2 = "SIGUSR2"
    case pipe = "SIGPIPE"
    case alarm = "SIGALRM"
    case terminate = "SIGTERM"
    case processorTime = "SIGXCPU"
    case fileSize = "SIGXFSZ"

    package var number: Int32 {
        switch self {
        case .hangUp: SIGHUP
        case .interrupt: SIGINT
        case .quit: SIGQUIT
        case .illegal: SIGILL
        case .trap: SIGTRAP
        case .abort: SIGABRT
        case .bus: SIGBUS
        case .floatingPoint: SIGFPE
        case .kill: SIGKILL
        case .user1: SIGUSR1
        case .segmentation: SIGSEGV
        case .user2: SIGUSR2
        case .pipe: SIGPIPE
        case .alarm: SIGALRM
        case .terminate: SIGTERM
        case .processorTime: SIGXCPU
        case .fileSize: SIGXFSZ
        }
    }
}
