import LynxModel

/// Where a list of a batch's files goes on: after a file of an attempt at a run.
struct ArtifactCursor: Hashable, Sendable {
    var runIndex = -1
    var attempt = 0
    var kind = ""
    var path = ""

    init() {}

    init(runIndex: Int, _ file: StoredArtifact) {
        self.runIndex = runIndex
        attempt = file.attempt
        kind = file.kind.rawValue
        path = file.path
    }

    /// Nil for what is no cursor.
    init?(text: String) {
        guard let cursor = Cursor(text: text), let runIndex = Int(exactly: cursor.number), runIndex >= 0 else { return nil }
        let parts = cursor.text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let attempt = Int(parts[0]), let kind = ArtifactKind(rawValue: parts[1]) else { return nil }
        self.runIndex = runIndex
        self.attempt = attempt
        self.kind = kind.rawValue
        path = parts[2]
    }

    var encoded: String { Cursor(number: Int64(runIndex), text: "\(attempt)/\(kind)/\(path)").encoded }

    var values: [LedgerValue] { [.int(runIndex), .int(attempt), .text(kind), .text(path)] }
}
