/// Something wrong with a template, at a place in it.
package struct TemplateProblem: Error, Hashable, Sendable {
    /// Counted from 1, in lines and bytes of the template.
    package var line: Int
    package var column: Int
    /// As `what is wrong; what would be right`.
    package var message: String

    /// One line: `case.in:3:14: what is wrong`.
    ///
    /// - Parameter file: the template's file.
    package func located(in file: String) -> String { "\(file):\(line):\(column): \(message)" }
}
