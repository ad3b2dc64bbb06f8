import Foundation

/// Where the project's own files are.
package enum Repository {
    package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path(percentEncoded: false).trimmingSuffix("/")

    /// The virtual environment's Python, with the pinned packages.
    package static let python = root + "/.venv/bin/python"

    /// Where executables and libraries of this build lie: beside the tests themselves.
    package static let products: String = {
        let executable = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path(percentEncoded: false)
        return executable.trimmingSuffix("/")
    }()

    package static func path(_ relative: String) -> String { root + "/" + relative }
}

extension String {
    package func trimmingSuffix(_ suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}
