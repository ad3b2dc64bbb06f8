/// One thing that an engine has to do, or must not do, and how that is found out.
package struct Check: Sendable {
    /// A rule of the engine headers.
    package struct Rule: Sendable {
        /// The header's name.
        package let header: String
        /// Where it stands: a paragraph of the header's first comment, or the name of a struct, field or function.
        package let section: String
        /// The rule in the header's own words.
        package let text: String

        init(_ section: String, _ text: String, in header: String = "engine_abi.h") {
            self.header = header
            self.section = section
            self.text = text
        }

        /// Such as `engine_abi.h, launch: "After a failure nothing of it is left running."`.
        package var description: String { "\(header), \(section): \"\(text)\"" }
    }

    package let name: String
    /// What is done, in one line.
    package let summary: String
    package let rule: Rule
    /// How many processes may try it before it counts as failed: more than one where the machine's load can spoil a measurement.
    package let tries: Int
    /// Whether the header leaves it open: an engine that does not do it is told so, and passes.
    package let isAdvice: Bool
    /// Runs in a process of its own, on its main thread. Throws `CheckFailed` or `CheckSkipped`.
    let body: @Sendable (Trial) throws -> Void

    init(
        _ name: String, _ summary: String, _ rule: Rule, tries: Int = 1, isAdvice: Bool = false, _ body: @escaping @Sendable (Trial) throws -> Void
    ) {
        self.name = name
        self.summary = summary
        self.rule = rule
        self.tries = tries
        self.isAdvice = isAdvice
        self.body = body
    }
}

/// The engine breaks the rule.
struct CheckFailed: Error {
    var message: String
    init(_ message: String) { self.message = message }
}

/// The check does not apply to this engine, or cannot be made on this machine.
struct CheckSkipped: Error {
    var reason: String
    init(_ reason: String) { self.reason = reason }
}

/// Throws if the engine does not do what is expected.
func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws(CheckFailed) {
    if !condition { throw CheckFailed(message()) }
}
