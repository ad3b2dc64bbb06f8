import Foundation

/// A directory of a test's own, removed with this object.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "lynx-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        path = url.path(percentEncoded: false).trimmingSuffix("/")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of what is called so in it, be it there or not.
    package func file(_ name: String) -> String { path + "/" + name }

    /// What is in a folder of it, sorted.
    package func names(_ folder: String = ".") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: file(folder)).sorted()
    }

    /// Writes a file below and returns its path.
    @discardableResult
    package func write(_ name: String, _ content: String, mode: Int = 0o644) throws -> String {
        let file = file(name)
        try FileManager.default.createDirectory(
            at: URL(filePath: file).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }

    package func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: file(name))), as: UTF8.self)
    }
}
