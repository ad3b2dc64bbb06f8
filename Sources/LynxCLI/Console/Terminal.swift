import FoundationEssentials
import Glibc

/// What can be shown on one output.
package struct Terminal: Hashable, Sendable {
    /// Lines can be redrawn in place.
    package var redraws: Bool
    /// Nil where lines may be as long as they like: files and pipes.
    package var columns: Int?
    package var colour: Bool
    package var unicode: Bool

    package init(redraws: Bool, columns: Int?, colour: Bool, unicode: Bool) {
        self.redraws = redraws
        self.columns = columns
        self.colour = colour
        self.unicode = unicode
    }

    /// `NO_COLOR` (no-color.org) and `TERM=dumb` are respected; box characters need a UTF-8 locale.
    package static func of(
        _ descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Terminal {
        let interactive = isatty(descriptor) == 1
        let capable = interactive && environment["TERM", default: "dumb"] != "dumb"
        let locale = [environment["LC_ALL"], environment["LC_CTYPE"], environment["LANG"]]
            .compactMap { $0 }.first { !$0.isEmpty }?.lowercased() ?? ""
        return Terminal(
            redraws: capable, columns: interactive ? width(of: descriptor) : nil,
            colour: capable && environment["NO_COLOR", default: ""].isEmpty,
            unicode: locale.contains("utf-8") || locale.contains("utf8"))
    }

    /// The columns of a terminal now: people resize windows.
    package static func width(of descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    package var ellipsis: String { unicode ? "…" : "..." }

    package func paint(_ text: String, _ paint: Paint) -> String {
        colour ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// SGR codes (ECMA-48, 8.3.117).
package enum Paint: Int, Sendable {
    case bold = 1
    case dim = 2
    case red = 31
    case green = 32
    case yellow = 33
}
