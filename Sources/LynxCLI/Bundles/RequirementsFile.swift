import LynxDocument
import Support

/// A file of requirements in pip's format, as far as its lines can be judged without pip: names, versions and options.
///
/// Source: pip's "Requirements File Format", and the Python packaging specifications of dependency and version specifiers.
struct RequirementsFile {
    let path: String
    /// What errors call it.
    let shown: String

    private static let mostProblems = 10
    private static let mostBytes = 4 << 20

    /// Options with a value that names another file of the bundle.
    private static let fileOptions: Set = ["-r", "--requirement", "-c", "--constraint"]
    private static let options: Set = [
        "-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-i", "--index-url", "--extra-index-url", "--no-index", "-f", "--find-links",
        "--no-binary", "--only-binary", "--prefer-binary", "--require-hashes", "--pre", "--trusted-host", "--use-feature",
    ]
    private static let operators = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"]

    /// What is wrong with it, each as `file:line:column: what is wrong; what would be right`.
    ///
    /// - Parameter isThere: whether the bundle has a file.
    func problems(isThere: (String) -> Bool) -> [String] {
        guard let bytes = WholeFile.read(path, atMost: Self.mostBytes) else { return ["'\(shown)' cannot be read or is larger than 4 MiB"] }
        guard let text = String(validating: bytes, as: UTF8.self) else { return ["'\(shown)' is no text in UTF-8; save it as such"] }
        var found: [String] = []
        for (number, line) in Self.logicalLines(text) {
            guard let (column, message) = problem(with: line, isThere) else { continue }
            found.append("\(shown):\(number):\(column): \(message)")
            if found.count == Self.mostProblems { break }
        }
        return found
    }

    /// Lines without comments, with those that end in a backslash joined, by the number of the first.
    private static func logicalLines(_ text: String) -> [(Int, String)] {
        var lines: [(Int, String)] = []
        var open: (Int, String)?
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            var line = String(raw)
            let continues = line.hasSuffix("\\")
            if continues { line.removeLast() }
            let whole = (open?.0 ?? index + 1, (open?.1 ?? "") + line)
            open = continues ? whole : nil
            if !continues { lines.append((whole.0, withoutComment(whole.1))) }
        }
        if let open { lines.append((open.0, withoutComment(open.1))) }
        return lines
    }

    /// A comment begins with `#` at the start or after a blank.
    private static func withoutComment(_ line: String) -> String {
        var previous: Character = " "
        for place in line.indices {
            if line[place] == "#", previous.isWhitespace { return String(line[..<place]) }
            previous = line[place]
        }
        return line
    }

    /// The column, counted from 1, and the message.
    private func problem(with line: String, _ isThere: (String) -> Bool) -> (Int, String)? {
        guard let start = line.firstIndex(where: { !$0.isWhitespace }) else { return nil }
        let column = line.distance(from: line.startIndex, to: start) + 1
        let text = line[start...]
        if text.hasPrefix("-") { return Self.optionProblem(text, isThere, in: shown).map { (column, $0) } }
        // Paths, archives and URLs are pip's to judge, and so is what variables stand for.
        let word = text.prefix { !$0.isWhitespace && $0 != ";" }
        if word.contains("/") || word.contains("$") || word.hasPrefix(".") || [".whl", ".zip", ".gz", ".tgz"].contains(where: { word.hasSuffix($0) }) { return nil }
        var rest = Scanner(text)
        guard let problem = rest.requirementProblem(operators: Self.operators) else { return nil }
        return (column + rest.offset, problem)
    }

    private static func optionProblem(_ text: Substring, _ isThere: (String) -> Bool, in file: String) -> String? {
        let name = String(text.prefix { !$0.isWhitespace && $0 != "=" })
        // The short ones may have their values without a blank.
        let key = name.hasPrefix("--") ? name : String(name.prefix(2))
        guard options.contains(key) else {
            let guess = Suggestion.closest(to: key, among: Array(options)).map { "did you mean \($0)?" } ?? "give a package, such as numpy==2.1"
            return "\(Excerpt.quoted(key)) is no option of a requirements file; \(guess)"
        }
        guard fileOptions.contains(key) else { return nil }
        let value = String(text.dropFirst(key.count).drop { $0.isWhitespace || $0 == "=" }.prefix { !$0.isWhitespace })
        guard !value.isEmpty else { return "\(key) has no file; give one of the bundle" }
        guard !value.contains("://"), !value.hasPrefix("/"), !value.contains("$"), !value.contains("..") else { return nil }
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        let path = folder + (value.hasPrefix("./") ? String(value.dropFirst(2)) : value)
        return isThere(path) ? nil : "the bundle has no file '\(path)'; give the path of one relative to this file"
    }
}

/// Goes along one requirement.
private struct Scanner {
    private let text: Substring
    private var at: Substring.Index

    init(_ text: Substring) {
        self.text = text
        at = text.startIndex
    }

    /// From the start of the requirement, in characters.
    var offset: Int { text.distance(from: text.startIndex, to: at) }

    private var rest: Substring { text[at...] }
    private mutating func skipBlanks() { at = rest.firstIndex { !$0.isWhitespace } ?? text.endIndex }
    private mutating func skip(_ isPart: (Character) -> Bool) -> Substring {
        let start = at
        at = rest.firstIndex { !isPart($0) } ?? text.endIndex
        return text[start..<at]
    }

    /// Moves to what is wrong; nil if nothing is.
    mutating func requirementProblem(operators: [String]) -> String? {
        let name = skip { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
        guard let first = name.first, let last = name.last, first.isLetter || first.isNumber, last.isLetter || last.isNumber else {
            at = text.startIndex
            return "\(Excerpt.quoted(String(text.prefix { !$0.isWhitespace }))) is no requirement; begin with a package's name, such as numpy==2.1"
        }
        skipBlanks()
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { return "the extras of \(name) are not closed; write \(name)[extra]" }
            at = text.index(after: end)
            skipBlanks()
        }
        if rest.hasPrefix("@") { return nil }
        let isInParentheses = rest.hasPrefix("(")
        if isInParentheses { at = text.index(after: at) }
        while true {
            skipBlanks()
            guard let sign = operators.first(where: { rest.hasPrefix($0) }) else { break }
            at = text.index(at, offsetBy: sign.count)
            skipBlanks()
            let version = skip { $0.isASCII && ($0.isLetter || $0.isNumber || ".*+!_-".contains($0)) }
            guard !version.isEmpty else { return "\(sign) has no version; write \(name)\(sign)1.0" }
            skipBlanks()
            guard rest.hasPrefix(",") else { break }
            at = text.index(after: at)
        }
        if isInParentheses {
            guard rest.hasPrefix(")") else { return "the versions of \(name) are not closed; write \(name) (>=1.0)" }
            at = text.index(after: at)
        }
        skipBlanks()
        if rest.isEmpty || rest.hasPrefix(";") || rest.hasPrefix("--") { return nil }
        let word = String(rest.prefix { !$0.isWhitespace })
        let version = word.dropFirst()
        if word.hasPrefix("="), !version.isEmpty { return "\(Excerpt.quoted(word)) is no version; write \(name)==\(version)" }
        return "\(Excerpt.quoted(word)) is not understood; write one requirement on each line, such as \(name)==1.0"
    }
}
