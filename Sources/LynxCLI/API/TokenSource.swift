import FoundationEssentials
import Glibc

/// Where the API token comes from: a file, or the environment. Never an argument, which everyone on the machine can read.
package enum TokenSource {
    static let variable = "LYNX_TOKEN"

    /// Nil where none is given.
    ///
    /// - Throws: `CLIError` for a file that cannot be read, or holds no token.
    package static func find(file: String?) throws -> String? {
        if let file { return try read(file) }
        let value = ProcessInfo.processInfo.environment[variable]?.filter { !$0.isWhitespace }
        return value.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func read(_ path: String) throws -> String {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw CLIError.badInput("cannot read --token-file \(path): \(SystemMessage.text(errno))")
        }
        let text = String(decoding: content, as: UTF8.self).filter { !$0.isWhitespace }
        guard text.hasPrefix("lynx_"), text.utf8.count <= 128 else {
            throw CLIError.badInput("--token-file \(path) holds no token; it is one line that begins with lynx_")
        }
        return text
    }
}
