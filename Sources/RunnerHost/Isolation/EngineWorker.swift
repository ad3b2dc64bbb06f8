import CLinux
import EngineABI
import EventLoop
import Glibc
import Support
import Synchronization

/// The process of one engine, `runner-host engine-worker LIBRARY`: it loads the library and makes the calls that the host asks
/// for. It ends when the host closes its end of a connection, and with its guardian.
package final class EngineWorker: Sendable {
    /// Where the guardian has put the connection to the host.
    private static let hostDescriptor: Int32 = 3

    private let main: Channel
    private let path: String
    private let outlet = WorkerOutlet()
    private let engine = Mutex<EngineLibrary?>(nil)
    /// The threads that serve channels, one each, which last as long as this process.
    private let threads = Mutex<[CallThreads]>([])

    private init(_ path: String) {
        self.path = path
        _ = fcntl(Self.hostDescriptor, F_SETFD, FD_CLOEXEC)
        main = Channel(OwnedDescriptor(Self.hostDescriptor))
    }

    /// The hidden subcommand.
    package static let command = "engine-worker"

    /// Runs the process on its main thread. Never returns.
    package static func run(_ path: String) -> Never {
        guard isSocket(hostDescriptor) else {
            let line = Array(
                "runner-host: engine-worker is not for the command line: a runner starts it for an engine in a process of its own\n".utf8)
            _ = write(STDERR_FILENO, line, line.count)
            exit(2)
        }
        signal(SIGCHLD, SIG_DFL)
        signal(SIGPIPE, SIG_IGN)
        lynx_set_thread_name(command)
        lynx_prepare_last_words("engine process")
        // Orphans of simulations are this process's to reap, as the engine expects.
        _ = lynx_set_child_subreaper()
        let worker = EngineWorker(path)
        worker.serve(worker.main)
    }

    private static func isSocket(_ descriptor: Int32) -> Bool {
        var info = stat()
        return fstat(descriptor, &info) == 0 && info.st_mode & S_IFMT == S_IFSOCK
    }

    /// Answers the calls on a channel until the host is gone.
    private func serve(_ channel: Channel) -> Never {
        while true {
            do {
                try answer(try channel.receive(), on: channel)
            } catch {
                // Nothing that the engine has registered for an orderly end is to run.
                _exit(0)
            }
        }
    }

    private func attach(_ channel: Channel, as use: ChannelUse) {
        switch use {
        case .news: outlet.connect(news: channel)
        case .questions: outlet.connect(questions: channel)
        case .launches, .calls:
            let thread = CallThreads(name: use == .launches ? "launch" : "call", most: 1)
            threads.withLock { $0.append(thread) }
            thread.start { [self] in serve(channel) }
        }
    }

    private func answer(_ question: MessageReader, on channel: Channel) throws {
        var question = question
        switch question.topic {
        case .attach:
            guard let use = ChannelUse(rawValue: try question.value()), let descriptor = channel.takeDescriptor() else { throw MalformedMessage() }
            return attach(Channel(descriptor), as: use)
        case .load: try channel.send(load())
        default:
            guard let engine = engine.withLock({ $0 }) else { throw MalformedMessage() }
            try WorkerCalls(engine).answer(question, on: channel)
        }
    }

    private func load() -> Message {
        var reply = Message(.returned)
        do throws(EngineRefusal) {
            let library = try EngineActivity.during("loading", of: path) { () throws(EngineRefusal) in
                try EngineLibrary(path: path, host: outlet.makeTable())
            }
            engine.withLock { $0 = library }
            reply.put(UInt8(0))
            for text in [library.id, library.displayName, library.version] { reply.put(text) }
            reply.put(library.table.pointee.abi_minor)
            reply.put(UInt8(library.warmWorkersTable == nil ? 0 : 1))
            reply.put(UInt8(library.runsScenarios ? 1 : 0))
            reply.put(UInt8(library.softStop == nil ? 0 : 1))
            reply.put(library.declaration)
            reply.put(UInt8(library.confinesCommands ? 1 : 0))
        } catch {
            reply.put(error.code)
            reply.put(error.text)
        }
        return reply
    }
}
