import FoundationEssentials
import Support

/// What proves who calls: `lynx_<kind>_<id>_<secret>`. The kind helps people and scanners of leaked secrets, the id
/// finds the ledger's row, and the secret is 32 random bytes, of which the ledger knows only a hash.
///
/// 256 random bits can't be guessed, so one round of SHA-256 keeps them as well as a slow hash would.
struct Secret: Hashable, Sendable {
    enum Kind: String, CaseIterable, Sendable { case api, enroll, runner, session }

    let kind: Kind
    let id: String
    /// The whole of it, to be shown once and never logged.
    let text: String

    static func make(_ kind: Kind) -> Secret {
        var generator = SystemRandomNumberGenerator()
        let id = String(UInt64.random(in: 0...UInt64.max, using: &generator), radix: 16)
        let bytes = Data((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
        let secret = bytes.base64EncodedString().compactMap { (character: Character) -> Character? in
            switch character {
            case "+": "-"
            case "/": "_"
            case "=": nil
            default: character
            }
        }
        let padded = String(repeating: "0", count: 16 - id.count) + id
        return Secret(kind: kind, id: padded, text: "lynx_\(kind.rawValue)_\(padded)_\(String(secret))")
    }

    private init(kind: Kind, id: String, text: String) {
        self.kind = kind
        self.id = id
        self.text = text
    }

    /// Nil for what cannot be one.
    init?(_ text: String) {
        guard text.utf8.count <= 128 else { return nil }
        let parts = text.split(separator: "_", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "lynx", let kind = Kind(rawValue: String(parts[1])), parts[2].utf8.count == 16 else { return nil }
        self.init(kind: kind, id: String(parts[2]), text: text)
    }

    /// SHA-256 of the text, in hexadecimal: what the ledger stores.
    var digest: String { SHA256.hash(text.utf8).hexadecimal }

    /// Whether the digest is that one, in a time that does not depend on where they differ.
    func matches(_ stored: String) -> Bool {
        let (ours, theirs) = (Array(digest.utf8), Array(stored.utf8))
        guard ours.count == theirs.count else { return false }
        return zip(ours, theirs).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension Secret: CustomStringConvertible, CustomReflectable {
    /// Without the secret, wherever it is printed.
    var description: String { "lynx_\(kind.rawValue)_\(id)_…" }
    var customMirror: Mirror { Mirror(reflecting: description) }
}
