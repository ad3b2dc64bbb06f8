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
