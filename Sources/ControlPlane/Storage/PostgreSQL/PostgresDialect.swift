import Synchronization

/// Turns the ledger's SQL into PostgreSQL's: `$1` for `?`; in definitions of tables BYTEA for BLOB, and text that
/// sorts by its bytes whatever the database's locale, as SQLite's does.
enum PostgresDialect {
    static func translate(_ sql: String) -> String {
        var result = ""
        var number = 0
        var quoted = false
        for character in sql {
            if character == "'" { quoted.toggle() }
            if character == "?", !quoted {
                number += 1
                result += "$\(number)"
            } else {
                result.append(character)
            }
        }
        guard sql.hasPrefix("CREATE TABLE") || sql.hasPrefix("ALTER TABLE") else { return result }
        return replacing(word: "BLOB", with: "BYTEA", in: replacing(word: "TEXT", with: "TEXT COLLATE \"C\"", in: result))
    }

    private static func replacing(word: String, with replacement: String, in text: String) -> String {
        var result = ""
        var current = ""
        func end() {
            result += current == word ? replacement : current
            current = ""
        }
        for character in text {
            if character.isLetter || character.isNumber || character == "_" {
                current.append(character)
            } else {
                end()
                result.append(character)
            }
        }
        end()
        return result
    }

    /// The literal of a text array, as `{"a","b"}`.
    static func array(_ texts: [String]) -> String {
        let items = texts.map { text in
            let escaped = text.reduce(into: "") { result, character in
                if character == "\"" || character == "\\" { result.append("\\") }
                result.append(character)
            }
            return "\"\(escaped)\""
        }
        return "{\(items.joined(separator: ","))}"
    }
}
