/// A format of more than one line in which a language's run-time or a library reports the end of a program.
struct Report: Sendable {
    /// Whether such a report begins with this line, which has no indent.
    let begins: @Sendable (String) -> Bool
    /// Consumes the rest of the report and returns its summary in one line.
    let read: @Sendable (String, inout ArraySlice<String>) -> String

    static let all = [
        cppException, sanitizer, rustPanic, goPanic, pythonFatal, javaException, fortranPlace, intelFortran, julia, matlab, octave, r,
    ]

    private static func consume(_ lines: inout ArraySlice<String>, while belongs: (String) -> Bool) -> [String] {
        let consumed = lines.prefix(while: belongs)
        lines = lines.dropFirst(consumed.count)
        return consumed.map(\.withoutIndent)
    }

    /// `terminate called after throwing an instance of 'std::runtime_error'`, then `  what():  the message`.
    private static let cppException = Report {
        $0.starts("terminate called after throwing an instance of") || $0.starts("libc++abi: terminating")
    } read: { head, lines in
        guard let what = lines.first?.withoutIndent, what.starts("what():") else { return head }
        lines.removeFirst()
        let rest = consume(&lines) { !Noise.isMeaningless($0) && !Noise.isFrame($0) }
        return ([head + ":", String(what.dropFirst(7)).withoutIndent] + rest).joined(separator: " ")
    }

    /// The reports of Clang's and GCC's sanitizers extend to the end of the output, and one line of them is a summary.
    private static let sanitizer = Report {
        $0.contains("ERROR: AddressSanitizer") || $0.contains("ERROR: LeakSanitizer") || $0.contains("ERROR: MemorySanitizer")
            || $0.contains("WARNING: MemorySanitizer") || $0.contains("WARNING: ThreadSanitizer") || $0.contains("ERROR: UndefinedBehaviorSanitizer")
    } read: { head, lines in
        let rest = consume(&lines) { _ in true }
        return rest.last { $0.starts("SUMMARY: ") } ?? head
    }

    /// `thread 'main' panicked at src/main.rs:2:5:`, then the message.
    private static let rustPanic = Report {
        $0.starts("thread '") && $0.contains("panicked at")
    } read: { head, lines in
        let message = consume(&lines) { !$0.starts("note: ") && !$0.starts("stack backtrace:") }
        _ = consume(&lines) { $0.starts("note: ") || $0.starts("stack backtrace:") || $0.isIndented }
        return ([head] + message).joined(separator: " ")
    }

    private static let goPanic = Report {
        $0.starts("panic: ") || $0.starts("fatal error: ")
    } read: { head, lines in
        // Other programs use the same beginning of a line.
        if lines.contains(where: { $0.starts("goroutine ") }) { _ = consume(&lines) { !$0.starts("exit status") } }
        return head
    }

    /// `Fatal Python error: Segmentation fault`, then the frames of each thread and the names of modules.
    private static let pythonFatal = Report {
        $0.starts("Fatal Python error: ")
    } read: { head, lines in
        let frames = consume(&lines) { _ in true }
        guard let frame = frames.first(where: { $0.starts("File \"") }) else { return head }
        return "\(head), in \(frame)"
    }

    private static let javaException = Report {
        $0.starts("Exception in thread \"")
    } read: { head, lines in
        let rest = consume(&lines) { $0.isIndented || $0.starts("Caused by: ") }
        guard let cause = rest.last(where: { $0.starts("Caused by: ") }) else { return head }
        return "\(head) (\(cause))"
    }

    /// `At line 12 of file x.f90 (unit = 10)`, then `Fortran runtime error: …`.
    private static let fortranPlace = Report {
        $0.starts("At line ") && $0.contains(" of file ")
    } read: { place, lines in
        guard let error = lines.first, error.starts("Fortran runtime") else { return place }
        lines.removeFirst()
        return "\(error) (at\(place.dropFirst(2)))"
    }

    /// `forrtl: severe (24): end-of-file during read`, then a table of frames.
    private static let intelFortran = Report {
        $0.starts("forrtl: ")
    } read: { head, lines in
        if let table = lines.first, table.starts("Image "), table.contains("Routine") { _ = consume(&lines) { _ in true } }
        return head
    }

    private static let julia = Report {
        $0.starts("ERROR: ")
    } read: { head, lines in
        let message = consume(&lines) { $0.isIndented && !$0.withoutIndent.starts("[") }
        if lines.first?.starts("Stacktrace:") == true {
            lines.removeFirst()
            _ = consume(&lines) { $0.isIndented || $0.starts("in expression starting at") }
        }
        return ([head] + message).joined(separator: " ")
    }

    /// `Error using f (line 3)`, then the message, then `Error in main (line 4)` with a line of code for each frame.
    private static let matlab = Report {
        $0.starts("Error using ") || $0.starts("{Error using ")
    } read: { head, lines in
        let message = consume(&lines) { !$0.starts("Error in ") && !Noise.isMeaningless($0) }
        _ = consume(&lines) { $0.starts("Error in ") || $0.isIndented }
        return String(([head] + message).joined(separator: " ").drop { $0 == "{" })
    }

    /// `error: the message`, then `error: called from` with a line for each frame.
    private static let octave = Report {
        $0.starts("error: ") && !$0.starts("error: called from")
    } read: { head, lines in
        let message = consume(&lines) { $0.isIndented }
        if lines.first?.starts("error: called from") == true {
            lines.removeFirst()
            _ = consume(&lines) { $0.isIndented }
        }
        return ([head] + message).joined(separator: " ")
    }

    /// `Error in f(x) :`, and where there is no room, the message on the next line.
    private static let r = Report {
        $0.starts("Error in ") && $0.contains(" :")
    } read: { head, lines in
        ([head] + consume(&lines) { $0.isIndented }).joined(separator: " ")
    }
}

/// Lines that do not explain why a program failed.
enum Noise {
    /// Whether a line is a stack frame, in any language.
    static func isFrame(_ line: String) -> Bool {
        let text = line.withoutIndent
        if line.isIndented, text.starts("at ") || text.starts("File \"") || text.starts("@ ") { return true }
        // gfortran and the sanitizers: `#0  0x7f52 in ???`.
        return text.starts("#") && text.utf8.dropFirst().first.map { (0x30...0x39).contains($0) } == true
    }

    private static let whole: Set<String> = [
        "Aborted", "Aborted (core dumped)", "Segmentation fault", "Segmentation fault (core dumped)", "Floating point exception",
        "Floating point exception (core dumped)", "Illegal instruction (core dumped)", "Bus error (core dumped)", "Killed", "Execution halted",
        "Error termination. Backtrace:", "Backtrace for this error:", "Stacktrace:", "error: called from",
        "During handling of the above exception, another exception occurred:",
        "The above exception was the direct cause of the following exception:",
    ]
    private static let beginnings = [
        "lynx_scenario: telemetry", "note: run with `RUST_BACKTRACE", "Node.js v", "exit status ", "Calls: ", "make: *** ", "Could not print backtrace",
        "Traceback (most recent call last)",
    ]

    static func isMeaningless(_ line: String) -> Bool {
        let text = line.withoutIndent
        if whole.contains(text) || beginnings.contains(where: { text.starts($0) }) { return true }
        // Lines without a letter or digit are rules, carets and brackets.
        if !text.unicodeScalars.contains(where: { $0.properties.isAlphabetic || $0.properties.numericType != nil }) { return true }
        return isWarning(text) || isProgress(text)
    }

    /// Whether this is a warning such as `module.py:12: RuntimeWarning: overflow`; Python prints a line of code with it.
    static func isWarning(_ text: String) -> Bool {
        let parts = text.unicodeScalars.split(separator: ":", omittingEmptySubsequences: false).map { String($0) }
        guard let kind = parts.firstIndex(where: { $0.ends("Warning") }), kind > 0 else { return false }
        return Int(parts[kind - 1]) != nil
    }

    /// Whether this is a progress bar such as `prop:  57%|█████     | 57/100 [00:01<00:01, 41.2it/s]`.
    private static func isProgress(_ text: String) -> Bool {
        text.contains("%|") && text.ends("]")
    }
}
