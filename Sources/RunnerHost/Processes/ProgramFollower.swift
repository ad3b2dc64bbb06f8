import EngineKit
import EventLoop
import Glibc
import Support
import Synchronization

/// A program as an engine asks for it: `lynx_program` of the ABI.
///
/// Sendable because the functions may be called on any thread, and their context lives as long as the job's processes.
struct HostedProgram: @unchecked Sendable {
    var isHelper: Bool
    var path: String
    /// Without the program's own name.
    var arguments: [String]
    var environment: [String: String]
    /// Nil for the output directory.
    var workingDirectory: String?
    /// Nil if the engine does not want the lines that it prints.
    var onLine: ((ArraySlice<UInt8>) -> Void)?
    var onExit: ((_ code: Int32, _ signal: Int32) -> Void)?
}

/// Waits for the end of one program, and passes on the lines that it prints.
///
/// The shared loop waits for files and ends. The engine's functions are called on a thread of this program's own, so that one
/// that does not return holds up nothing but its own job.
///
/// Sendable because `watch` and `files` are used on the loop only, and `tail` on the program's thread only.
final class ProgramFollower: @unchecked Sendable {
    private let program: HostedProgram
    private let process: GuardedProcess
    private let stdout: String
    private let cap: UInt64
    private let onEnd: @Sendable () -> Void
    private let thread: CallThreads?
    private let tail: LineTail
    private let isDue = Atomic(false)
    private var watch: Watch?
    private var files: FileWatch.Subscription?

    /// How much is captured of a program whose lines are wanted, in bytes; what the log may not have is cut off afterwards.
    static let capture: UInt64 = 1 << 30

    /// - Parameters:
    ///   - cap: the size in bytes that its log is to have at most.
    ///   - onEnd: called once when it is gone and the engine has been told.
    init(_ program: HostedProgram, _ process: GuardedProcess, stdout: String, cutTo cap: UInt64, onEnd: @escaping @Sendable () -> Void) {
        self.program = program
        self.process = process
        self.stdout = stdout
        self.cap = cap
        self.onEnd = onEnd
        thread = program.onLine == nil && program.onExit == nil ? nil : CallThreads(name: "program-\(process.pid)", most: 1)
        tail = LineTail(stdout)
    }

    func begin(on loop: EventLoop) {
        loop.execute { [self] context in
            if program.onLine != nil {
                files = context.local(FileWatch.init).subscribe([stdout], context) { [weak self] _ in self?.readSoon() }
                readSoon()
            }
            do {
                watch = try context.watch(process.exitDescriptor, .readable) { [self] _, _ in gone() }
            } catch {
                // Without a watch its end is waited for elsewhere, and made to come soon.
                process.kill()
                ProcessThreads.waits.start { [self] in
                    var wait = pollfd(fd: process.exitDescriptor, events: Int16(POLLIN), revents: 0)
                    while poll(&wait, 1, -1) < 0, errno == EINTR {}
                    loop.execute { [self] _ in gone() }
                }
            }
        }
    }

    private func readSoon() {
        guard !isDue.exchange(true, ordering: .acquiringAndReleasing) else { return }
        thread?.start { [self] in
            isDue.store(false, ordering: .releasing)
            tail.read { line in program.onLine?(line) }
        }
    }

    private func gone() {
        watch?.cancel()
        (watch, files) = (nil, nil)
        guard let thread else { return onEnd() }
        thread.start { [self] in
            if let onLine = program.onLine {
                tail.finish(onLine)
                LogCut.cut(stdout, to: cap)
            }
            let exit = process.exit ?? (code: -1, signal: SIGKILL)
            program.onExit?(exit.code, exit.signal)
            onEnd()
        }
    }
}
