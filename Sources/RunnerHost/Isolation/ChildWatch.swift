import CChannel
import CGuardian
import CLinux
import EventLoop
import Glibc
import Support
import Synchronization

/// Watches one process of an engine on a loop: what it says by itself, its memory, and its end.
final class ChildWatch {
    private let child: EngineChild
    private let onEnd: @Sendable (EngineChild, EngineEnded) -> Void
    private var watches: [Watch] = []
    /// The process's pidfd; -1 if there is none.
    private let process: Int32
    private var isOver = false

    /// How often memory is looked at, and output passed on.
    private static let pace: UInt64 = 100_000_000
    /// How long a process that has closed its channels may take to say why, and to end.
    private static let patienceAfterClosing: UInt64 = 1_000_000_000

    init(_ child: EngineChild, _ onEnd: @escaping @Sendable (EngineChild, EngineEnded) -> Void) {
        self.child = child
        self.onEnd = onEnd
        process = lynx_pidfd_open(child.pid)
    }

    deinit {
        if process >= 0 { close(process) }
    }

    func begin(_ context: LoopContext) {
        do {
            watches.append(try context.watch(child.guardian.pidfd, .readable) { [self] _, _ in finish() })
            if process >= 0 { watches.append(try context.watch(process, .readable) { [self] _, _ in leaveNothing() }) }
            for descriptor in child.inbox.descriptors {
                watches.append(try context.watch(descriptor, .readable) { [self] context, _ in hear(descriptor, context) })
            }
        } catch {
            child.end(.init(isHang: false, text: "cannot be watched: \(error)"))
            // Without a watch on its guardian, the end is waited for here.
            if watches.isEmpty { return finish() }
        }
        tick(context)
    }

    private func hear(_ descriptor: Int32, _ context: LoopContext) {
        do {
            if try child.inbox.hear(descriptor) { return }
            cancel(descriptor)
            // It may have lost its descriptors, and be about to say so.
            context.schedule(after: Self.patienceAfterClosing) { [self] _ in
                if !isOver { child.end(.init(isHang: false, text: "closed its connection")) }
            }
        } catch {
            cancel(descriptor)
            child.end(.init(isHang: false, text: "sent what is no message"))
        }
    }

    private func cancel(_ descriptor: Int32) {
        for watch in watches where watch.descriptor == descriptor { watch.cancel() }
    }

    private func tick(_ context: LoopContext) {
        guard !isOver else { return }
        let used = memory, limit = child.memoryLimit.load(ordering: .relaxed)
        if used > limit {
            child.end(.init(isHang: false, text: "used \(used >> 20) MiB of memory; its memory_limit_mb is \(limit >> 20)"))
        }
        child.output.forward()
        context.schedule(after: Self.pace) { [self] in tick($0) }
    }

    /// The process's memory without what it shares with files, in bytes.
    private var memory: Int64 {
        let fields = String(decoding: WholeFile.read("/proc/\(child.pid)/statm") ?? [], as: UTF8.self).split(separator: " ").map { Int64($0) ?? 0 }
        return fields.count > 2 ? (fields[1] - fields[2]) * Int64(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// The process has ended: what it started has no engine any more.
    private func leaveNothing() {
        cancel(process)
        child.killTree()
    }

    /// The process and everything that it started are gone.
    private func finish() {
        guard !isOver else { return }
        isOver = true
        for watch in watches { watch.cancel() }
        child.inbox.drain()
        var exit = lynx_guardian_exit()
        var guardian = child.guardian
        let (cause, calls) = child.state.withLock { state in
            lynx_guardian_reap(&guardian, &exit)
            state.isReaped = true
            return (state.cause, state.calls.values.map { "\($0)" })
        }
        let ending = EngineEnded.describe(
            cause, exitCode: exit.exit_code, signal: exit.exit_signal, calls: calls, lastWords: child.output.finish(),
            library: child.settings.library)
        child.noteEnding(ending)
        onEnd(child, ending)
    }
}

extension EngineEnded {
    /// - Parameters:
    ///   - cause: why the host ended the process; nil if it ended by itself.
    ///   - calls: the functions that were being called.
    ///   - lastWords: the line that the process wrote when it crashed, and the frames that follow; empty if it wrote none.
    static func describe(
        _ cause: EngineChild.Cause?, exitCode: Int32, signal: Int32, calls: [String], lastWords: [String], library: String
    ) -> EngineEnded {
        if let cause { return EngineEnded(isHang: cause.isHang, text: cause.text) }
        let words = lastWords.first?.dropFirst(ChildOutput.lastWordsPrefix.count).prefix { $0 != ";" } ?? ""
        if signal == 0, !words.isEmpty { return EngineEnded(isHang: false, text: "was ended: \(words)") }
        let how = signal != 0 ? "ended with \(name(ofSignal: signal))" : "ended with exit code \(exitCode)"
        // Such as `ended by SIGSEGV in launch of engine fault`.
        let said = words.components(after: " in ").map { String($0.prefix { $0 != " " }) }
        let functions = said.map { $0 == "no" ? [] : [$0] } ?? Set(calls).sorted()
        let place = functions.isEmpty ? "outside any call" : "in \(functions.joined(separator: " or in "))"
        let file = library.split(separator: "/").last.map(String.init) ?? library
        let frame = lastWords.dropFirst().first { $0.contains(file) }.map { " at \($0.split(separator: "/").last ?? "")" } ?? ""
        return EngineEnded(isHang: false, text: "\(how) \(place)\(frame)")
    }

    private static func name(ofSignal signal: Int32) -> String {
        lynx_signal_abbreviation(signal).map { "SIG\(String(cString: $0))" } ?? "signal \(signal)"
    }
}

extension Substring {
    /// What follows the first occurrence of a separator; nil if there is none.
    fileprivate func components(after separator: String) -> Substring? {
        let (text, wanted) = (Array(utf8), Array(separator.utf8))
        guard text.count >= wanted.count else { return nil }
        let found = (0...text.count - wanted.count).first { text[$0..<$0 + wanted.count].elementsEqual(wanted) }
        return found.map { Substring(String(decoding: text[($0 + wanted.count)...], as: UTF8.self)) }
    }
}
