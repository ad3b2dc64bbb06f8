import FoundationEssentials
import Glibc

/// A directory of its own for one test, gone when the test is.
final class ScratchDirectory: Sendable {
    let path: String

    init() {
        let base = FileManager.default.temporaryDirectory.path
        path = "\(base)/runner-tests-\(UUID().uuidString.prefix(13))"
        guard mkdir(path, 0o700) == 0 else { fatalError("cannot make \(path): \(String(cString: strerror(errno)))") }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var state: String { path + "/state" }
    var spool: String { state + "/spool" }

    func names(_ directory: String) throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: directory).sorted() }

    func write(_ text: String, to path: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }
}
