import Dispatch
import EngineABI
import EngineKit
import EventLoop
import Synchronization

/// The threads behind `process/1`, which live as long as this process.
enum ProcessThreads {
    /// Waits for files and ends; nothing of an engine runs on it.
    static let loop: Result<EventLoop, EngineError> = {
        do {
            return .success(try EventLoop(name: "lynx-processes"))
        } catch {
            return .failure(EngineError(lynx_status(LYNX_E_RESOURCES), "cannot start the thread that waits for processes: \(error)"))
        }
    }()

    /// For waits that the loop has no room for.
    static let waits = CallThreads(name: "lynx-waits", most: 64)
    private static let starts = CallThreads(name: "lynx-spawn", most: 1)

    /// Runs `body` on a thread that lives as long as this process, so that what it forks dies with the process and not before.
    static func onLastingThread<Value: Sendable>(_ body: @escaping @Sendable () throws(EngineError) -> Value) throws(EngineError) -> Value {
        let answer = Answer<Value>()
        starts.start {
            answer.result.withLock { $0 = Result { () throws(EngineError) in try body() } }
            answer.isThere.signal()
        }
        answer.isThere.wait()
        return try answer.result.withLock { $0 }!.get()
    }

    private final class Answer<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, EngineError>?>(nil)
        let isThere = DispatchSemaphore(value: 0)
    }
}

/// What the runner's configuration says of the processes that engines have the host start.
struct HostedSettings: Sendable {
    /// The limit in bytes for each of a program's two output streams.
    var captureBytes: UInt64 = 10 << 20
    var hasPrivateSharedMemory = false

    private static let shared = Mutex(HostedSettings())

    static var current: HostedSettings { shared.withLock { $0 } }

    /// Takes over the settings that every engine of this process is configured with.
    static func take(_ setting: (String) -> String?) {
        let settings = HostedSettings(
            captureBytes: setting("log_capture_bytes").flatMap(UInt64.init) ?? HostedSettings().captureBytes,
            hasPrivateSharedMemory: setting("private_dev_shm") == "true")
        shared.withLock { $0 = settings }
    }
}
