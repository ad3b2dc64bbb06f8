/// A place in a file the user wrote, counted from 1 in lines and Unicode scalars.
public struct Mark: Hashable, Sendable {
    /// The path as the user gave it; or what else the value came from: `request body`, `LYNX_RUNNER_ENGINES`, `--engines`.
    public var file: String
    /// 0 when the whole source is meant, as for an environment variable.
    public var line: Int
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// The source as a whole, without a position in it.
    public init(wholeOf file: String) {
        self.init(file: file, line: 0, column: 0)
    }
}

extension Mark: Comparable {
    public static func < (left: Mark, right: Mark) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

extension Mark: CustomStringConvertible {
    public var description: String { line == 0 ? file : "\(file):\(line):\(column)" }
}
