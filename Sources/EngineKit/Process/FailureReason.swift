/// The one line of what a failed simulation printed that says why it failed.
///
/// The last line of most programs is it. Others end with something else: where a traceback has its frames, what a sanitizer
/// says of its shadow memory, that the program was aborted. So the lines are read from the first to the last; each report that
/// is known stands for one line, what says nothing is passed over, and the last that is left is the reason.
struct FailureReason {
    /// The reason so far.
    private var reason: String?
    /// What is better than nothing: a warning, the note that there was a core dump.
    private var fallback: String?
    private var lines: ArraySlice<String>

    /// - Parameter lines: the end of stderr, without empty lines, indented as they were printed.
    /// - Returns: nil where there are none.
    static func find(in lines: [String]) -> String? {
        var search = FailureReason(lines: lines[...])
        while !search.lines.isEmpty { search.readNext() }
        return search.reason ?? search.fallback
    }

    private init(lines: ArraySlice<String>) { self.lines = lines }

    private mutating func readNext() {
        let line = lines.removeFirst()
        let text = line.withoutIndent
        if text.contains("Exception Group Traceback (most recent call last)") {
            exceptionGroup()
        } else if text.ends("Traceback (most recent call last):") {
            traceback()
        } else if text.starts("Exception ignored in") {
            ignoredException()
        } else if text.starts("Exception in thread"), lines.first?.withoutIndent.ends("Traceback (most recent call last):") == true {
            lines.removeFirst()
            traceback(isOfThread: true)
        } else if let report = Report.all.first(where: { $0.begins(text) }) {
            reason = report.read(text, &lines)
        } else if Noise.says(nothing: line) {
            if fallback == nil || !line.isIndented { fallback = text }
            // The line of code that it is about.
            if Noise.isWarning(text) { lines = lines.drop { $0.isIndented } }
        } else if !Noise.isFrame(line) {
            reason = ([text] + continuation { $0.isIndented && !Noise.isFrame($0) }).joined(separator: " ")
        }
    }

    /// Takes the lines that belong to what came before them, without their indents.
    private mutating func continuation(while belongs: (String) -> Bool) -> [String] {
        let taken = lines.prefix { belongs($0) && !Self.beginsReport($0) && !Noise.says(nothing: $0) }
        lines = lines.dropFirst(taken.count)
        return taken.map(\.withoutIndent)
    }

    private static func beginsReport(_ line: String) -> Bool {
        line.contains("Traceback (most recent call last)") || line.starts("Exception ignored in") || Report.all.contains { $0.begins(line.withoutIndent) }
    }

    /// Python's: frames, which are indented, and the exception with a message that may go on over several lines.
    private mutating func traceback(isOfThread: Bool = false) {
        let frames = lines.prefix { $0.isIndented }
        lines = lines.dropFirst(frames.count)
        guard let head = lines.first, !Self.beginsReport(head) else {
            if fallback == nil { fallback = "Traceback (most recent call last):" }
            return
        }
        lines.removeFirst()
        // What follows the traceback of a thread may be the main thread's last word.
        var message = ([head] + continuation { !isOfThread || $0.isIndented }).joined(separator: " ")
        if head.isBareName, let place = Self.place(of: frames) { message += " \(place)" }
        reason = message
    }

    /// `at scenario.py:12: assert altitude > 0`: what an exception without a message means.
    private static func place(of frames: ArraySlice<String>) -> String? {
        guard let at = frames.lastIndex(where: { $0.withoutIndent.starts("File \"") }) else { return nil }
        let parts = frames[at].unicodeScalars.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let file = parts[1].split(separator: "/").last.map({ String($0) }) else { return nil }
        let number = String(parts[2].drop { !("0"..."9").contains($0) }.prefix { ("0"..."9").contains($0) })
        let code = frames.index(after: at) < frames.endIndex ? ": \(frames[frames.index(after: at)].withoutIndent)" : ""
        return "at \(file):\(number)\(code)"
    }

    /// Python's drawing of several exceptions: the group's own line, then each of its members'.
    private mutating func exceptionGroup() {
        let drawing = lines.prefix { line in ["|", "+"].contains { line.withoutIndent.starts($0) } }
        lines = lines.dropFirst(drawing.count)
        let messages = drawing.compactMap { line -> String? in
            let inner = String(String.UnicodeScalarView(line.withoutIndent.unicodeScalars.dropFirst()))
            guard line.withoutIndent.starts("|"), inner.starts(" "), !inner.dropFirst().isIndented else { return nil }
            let text = inner.withoutIndent
            return Noise.says(nothing: text) || text.contains("Traceback (most recent call last)") ? nil : text
        }
        guard let first = messages.first else { return }
        let members = messages.dropFirst().joined(separator: "; ")
        reason = members.isEmpty ? first : "\(first): \(members)"
    }

    /// An exception that Python could not hand to anybody, mostly while it was ending.
    private mutating func ignoredException() {
        let before = reason
        if lines.first?.contains("Traceback (most recent call last)") == true {
            lines.removeFirst()
            traceback(isOfThread: true)
        }
        if let before { reason = before }
    }
}

extension StringProtocol {
    var isIndented: Bool { utf8.first == UInt8(ascii: " ") || utf8.first == UInt8(ascii: "\t") }

    var withoutIndent: String { String(String.UnicodeScalarView(unicodeScalars.drop { $0 == " " || $0 == "\t" })) }

    /// By bytes: what follows may be a combining character.
    func starts(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

    func ends(_ suffix: String) -> Bool { utf8.count >= suffix.utf8.count && utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }

    /// Such as `AssertionError` or `package.Error`, without a message.
    fileprivate var isBareName: Bool {
        !isEmpty && unicodeScalars.allSatisfy { $0.properties.isXIDContinue || $0 == "." } && !utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
