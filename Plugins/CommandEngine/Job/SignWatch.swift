import EventLoop
import Glibc
import LynxModel
import Support

/// Waits for the sign that a program is ready or has done its work. Used on the loop only.
final class SignWatch {
    private let sign: RunSign
    private let begin: UInt64
    private var isOver = false
    /// Whether there is output that has not been looked at; a turn for it is scheduled.
    private var isBehind = false
    private var tails: [LineTail] = []
    private var files: FileWatch.Subscription?
    private let pattern: Regex<AnyRegexOutput>?
    private let onSeen: (LoopContext) -> Void

    /// How often a port is tried, in nanoseconds, as nothing reports that a program has begun to listen.
    private static let interval: UInt64 = 20_000_000
    /// How many bytes of output are looked at in a turn: other runs wait meanwhile.
    private static let turn = 64 << 10

    init(_ sign: RunSign, _ context: LoopContext, onSeen: @escaping (LoopContext) -> Void) {
        self.sign = sign
        self.onSeen = onSeen
        begin = context.now
        if case .output(let text, let stdout, let stderr) = sign {
            pattern = try? Regex(text)
            tails = [LineTail(stdout), LineTail(stderr)]
            files = context.local(FileWatch.init).subscribe([stdout, stderr], context) { [weak self] in self?.look($0) }
        } else {
            pattern = nil
            if case .file(let path) = sign {
                files = context.local(FileWatch.init).subscribe([path], context) { [weak self] in self?.look($0) }
            }
        }
        look(context)
    }

    private func look(_ context: LoopContext) {
        guard !isOver else { return }
        if isSeen(context) {
            isOver = true
            files = nil
            // Later, as the owner may not yet have this object.
            _ = context.schedule(after: 0) { [self] in onSeen($0) }
        } else if isBehind {
            _ = context.schedule(after: 0) { [weak self] in self?.look($0) }
        } else if files == nil {
            let wait: UInt64 = if case .seconds(let seconds) = sign { UInt64(seconds * 1e9) } else { Self.interval }
            _ = context.schedule(after: wait) { [weak self] in self?.look($0) }
        }
    }

    /// Also sets `isBehind`.
    private func isSeen(_ context: LoopContext) -> Bool {
        switch sign {
        case .seconds(let seconds): return Double(context.now - begin) >= seconds * 1e9
        case .file(let path): return access(path, F_OK) == 0
        case .port(let number): return LocalPort(number, .tcp).isListening
        case .output:
            var isFound = false
            isBehind = false
            for tail in tails {
                let isMore = tail.read(atMost: Self.turn) { line in
                    if !isFound, let pattern { isFound = (try? pattern.firstMatch(in: String(decoding: line, as: UTF8.self))) != nil }
                }
                if isMore { isBehind = true }
            }
            return isFound
        }
    }
}

extension RunSign {
    /// What was waited for, for messages.
    var expectation: String {
        switch self {
        case .output(let pattern, _, _): "no line of its output matches '\(pattern)'"
        case .file(let path): "there is no file \(path)"
        case .port(let number): "nothing accepts connections on port \(number)"
        case .seconds(let seconds): "less than \(seconds) s have passed"
        }
    }
}
