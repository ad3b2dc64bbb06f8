/// Splits a command line into words like a shell, without expanding anything in them.
package enum CommandWords {
    package struct Problem: Error, Hashable, Sendable {
        package var message: String
    }

    /// Blanks separate words. Single quotes keep everything between them, double quotes all but `\"` and `\\`; outside of quotes
    /// a backslash keeps the next character.
    package static func split(_ line: String) throws(Problem) -> [String] {
        var words: [String] = []
        var word: String.UnicodeScalarView?
        var scalars = line.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch scalar {
            case " ", "\t", "\n":
                if let finished = word { words.append(String(finished)) }
                word = nil
            case "'", "\"":
                var quoted = word ?? .init()
                var isClosed = false
                while let inner = scalars.next() {
                    if inner == scalar {
                        isClosed = true
                        break
                    }
                    guard scalar == "\"", inner == "\\" else {
                        quoted.append(inner)
                        continue
                    }
                    guard let next = scalars.next() else { break }
                    if next != "\"", next != "\\" { quoted.append(inner) }
                    quoted.append(next)
                }
                guard isClosed else { throw Problem(message: "opens a quote that nothing closes; close it") }
                word = quoted
            case "\\":
                guard let next = scalars.next() else { throw Problem(message: "ends in a backslash; remove it") }
                word = word ?? .init()
                word?.append(next)
            case "|", "&", ";", "<", ">", "`":
                throw Problem(
                    message: "has '\(scalar)', which only a shell understands; put it in quotes, or write the command as: sh -c '…'")
            default:
                word = word ?? .init()
                word?.append(scalar)
            }
        }
        if let finished = word { words.append(String(finished)) }
        return words
    }
}
