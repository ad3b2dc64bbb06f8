/// Why the runner does not start: bad input, one line each, saying what is wrong and what would be right.
package struct StartupError: Error, Sendable {
    package var lines: [String]

    init(_ lines: [String]) { self.lines = lines }
    init(_ line: String) { lines = [line] }
}
