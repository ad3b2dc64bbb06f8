/// Gathers what is wrong while a reader goes on, so that the user learns of everything at once.
package final class DiagnosticCollector {
    /// More than anyone reads; keeps a hostile file from filling the memory with its own errors.
    package static let limit = 100

    private var diagnostics: [Diagnostic] = []
    private var omitted = 0

    package init() {}

    package var isEmpty: Bool { diagnostics.isEmpty }

    package func report(_ message: @autoclosure () -> String, at mark: Mark, path: FieldPath = .root) {
        guard diagnostics.count < Self.limit else {
            omitted += 1
            return
        }
        diagnostics.append(Diagnostic(mark: mark, fieldPath: path.text, message: message()))
    }

    /// All that was reported, sorted by position; nil when nothing was.
    package var list: DiagnosticList? {
        guard !diagnostics.isEmpty else { return nil }
        // By offset among equals, because sorting need not be stable.
        let sorted = diagnostics.enumerated().sorted { ($0.element.mark, $0.offset) < ($1.element.mark, $1.offset) }
        return DiagnosticList(sorted.map(\.element), omitted: omitted)
    }
}
