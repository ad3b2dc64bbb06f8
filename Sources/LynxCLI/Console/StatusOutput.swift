import Synchronization

/// Where a command tells a person how it goes, apart from its results: notes as lines, and one progress line that
/// is redrawn below them on a terminal.
package final class StatusOutput: Sendable {
    private struct State {
        var shown: ProgressSnapshot?
        var plain = PlainProgress()
    }

    package let terminal: Terminal
    private let stream: OutputStream
    private let state = Mutex(State())

    package init(stream: OutputStream = .error, terminal: Terminal? = nil) {
        self.stream = stream
        self.terminal = terminal ?? Terminal.of(stream.descriptor)
    }

    package func note(_ line: String) {
        state.withLock { state in
            if terminal.redraws, let shown = state.shown {
                stream.write(Self.clearLine + line + "\n" + bar(shown))
            } else {
                stream.line(line)
            }
        }
    }

    package func show(_ snapshot: ProgressSnapshot) {
        state.withLock { state in
            if terminal.redraws {
                state.shown = snapshot
                stream.write(Self.clearLine + bar(snapshot))
            } else if let line = state.plain.line(for: snapshot) {
                stream.line(line)
            }
        }
    }

    /// Leaves the last progress line standing.
    package func finish() {
        state.withLock { state in
            if terminal.redraws, state.shown != nil { stream.line() }
            state.shown = nil
        }
    }

    private func bar(_ snapshot: ProgressSnapshot) -> String {
        // One column stays free: some terminals wrap when the last one is written.
        ProgressLine.render(snapshot, columns: Terminal.width(of: stream.descriptor) - 1, terminal: terminal)
    }

    private static let clearLine = "\r\u{1B}[2K"
}
