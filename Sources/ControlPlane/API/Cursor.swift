import FoundationEssentials
import LynxModel

/// Where a list goes on: what the order of its last item was decided by. It names no row, so it stays good when
/// that item is gone.
struct Cursor: Hashable, Sendable {
    var number: Int64
    var text: String

    init(number: Int64 = 0, text: String) {
        self.number = number
        self.text = text
    }

    /// Nil for what is no cursor.
    init?(text encoded: String) {
        var base64 = encoded.replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: base64), let text = String(validating: data, as: UTF8.self),
            let dot = text.firstIndex(of: "."), let number = Int64(text[..<dot])
        else { return nil }
        self.init(number: number, text: String(text[text.index(after: dot)...]))
        guard encoded == self.encoded else { return nil }
    }

    /// As it goes into a URL: base64url (RFC 4648, 5) without padding.
    var encoded: String {
        Data("\(number).\(text)".utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

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
