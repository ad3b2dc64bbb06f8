/// The one line in a failed simulation's output that states why it failed.
///
/// For most programs that is the last line. Others end with something else: the frames of a traceback, a sanitizer's
/// description of its shadow memory, the note that the program was aborted. Therefore the lines are read from first to last;
/// each known report is reduced to one line, lines without information are skipped, and the last line that remains is the
/// reason.
struct FailureReason {
    /// The reason found so far.
    private var reason: String?
    /// A line to use if nothing better is found: a warning, the note that there was a core dump.
    private var fallback: String?
    private var lines: ArraySlice<String>

    /// - Parameter lines: the end of stderr, without empty lines, with their indents.
    /// - Returns: nil if there are none.
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
        } else if Noise.isMeaningless(line) {
            if fallback == nil || !line.isIndented { fallback = text }
            // Python prints the line of code that a warning refers to below it.
            if Noise.isWarning(text) { lines = lines.drop { $0.isIndented } }
        } else if !Noise.isFrame(line) {
            reason = ([text] + continuation { $0.isIndented && !Noise.isFrame($0) }).joined(separator: " ")
        }
    }

    /// Consumes the lines that belong to the preceding one and returns them without their indents.
    private mutating func continuation(while belongs: (String) -> Bool) -> [String] {
        let consumed = lines.prefix { belongs($0) && !Self.beginsReport($0) && !Noise.isMeaningless($0) }
        lines = lines.dropFirst(consumed.count)
        return consumed.map(\.withoutIndent)
    }

    private static func beginsReport(_ line: String) -> Bool {
        line.contains("Traceback (most recent call last)") || line.starts("Exception ignored in")
            || Report.all.contains { $0.begins(line.withoutIndent) }
    }

    /// A Python traceback: indented frames, then the exception with a message that may span several lines.
    private mutating func traceback(isOfThread: Bool = false) {
        let frames = lines.prefix { $0.isIndented }
        lines = lines.dropFirst(frames.count)
        guard let head = lines.first, !Self.beginsReport(head) else {
            if fallback == nil { fallback = "Traceback (most recent call last):" }
            return
        }
        lines.removeFirst()
        // The line after a thread's traceback may be the last line of the main thread.
        var message = ([head] + continuation { !isOfThread || $0.isIndented }).joined(separator: " ")
        if head.isBareName, let place = Self.place(of: frames) { message += " \(place)" }
        reason = message
    }

    /// The place of an exception without a message, such as `at scenario.py:12: assert altitude > 0`.
    private static func place(of frames: ArraySlice<String>) -> String? {
        guard let at = frames.lastIndex(where: { $0.withoutIndent.starts("File \"") }) else { return nil }
        let parts = frames[at].unicodeScalars.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let file = parts[1].split(separator: "/").last.map({ String($0) }) else { return nil }
        let number = String(parts[2].drop { !("0"..."9").contains($0) }.prefix { ("0"..."9").contains($0) })
        let code = frames.index(after: at) < frames.endIndex ? ": \(frames[frames.index(after: at)].withoutIndent)" : ""
        return "at \(file):\(number)\(code)"
    }

    /// Python's drawing of an exception group: the group's own line, then each member's.
    private mutating func exceptionGroup() {
        let drawing = lines.prefix { line in ["|", "+"].contains { line.withoutIndent.starts($0) } }
        lines = lines.dropFirst(drawing.count)
        let messages = drawing.compactMap { line -> String? in
            let inner = String(String.UnicodeScalarView(line.withoutIndent.unicodeScalars.dropFirst()))
            guard line.withoutIndent.starts("|"), inner.starts(" "), !inner.dropFirst().isIndented else { return nil }
            let text = inner.withoutIndent
            return Noise.isMeaningless(text) || text.contains("Traceback (most recent call last)") ? nil : text
        }
        guard let first = messages.first else { return }
        let members = messages.dropFirst().joined(separator: "; ")
        reason = members.isEmpty ? first : "\(first): \(members)"
    }

    /// An exception that Python could not pass to any caller, mostly during shutdown.
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

    /// Compares bytes, as a combining character may follow the prefix.
    func starts(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

    func ends(_ suffix: String) -> Bool { utf8.count >= suffix.utf8.count && utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }

    /// Whether this is an exception's name without a message, such as `AssertionError` or `package.Error`.
    fileprivate var isBareName: Bool {
        !isEmpty && unicodeScalars.allSatisfy { $0.properties.isXIDContinue || $0 == "." } && !utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
