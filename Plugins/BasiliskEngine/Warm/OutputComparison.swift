import FoundationEssentials
import Glibc

/// Compares two output directories: byte by byte, and JSON by its values.
struct OutputComparison {
    private let ignoredKeys: Set<String>

    init(ignoring keys: Set<String>) { ignoredKeys = keys }

    /// What the first one has otherwise than the second, such as `other bytes in trajectory.csv`; nil if they are the same.
    func difference(_ one: String, _ other: String) -> String? {
        let paths = (entries(one), entries(other))
        if let extra = paths.0.subtracting(paths.1).min() { return "a file more (\(extra))" }
        if let missing = paths.1.subtracting(paths.0).min() { return "a file less (\(missing))" }
        for path in paths.0.sorted() {
            let (first, second) = (kind("\(one)/\(path)"), kind("\(other)/\(path)"))
            guard first == second else { return "something of another kind at \(path)" }
            guard first == S_IFREG, !areEqual("\(one)/\(path)", "\(other)/\(path)") else { continue }
            guard path.hasSuffix(".json") else { return "other bytes in \(path)" }
            guard let values = (json("\(one)/\(path)"), json("\(other)/\(path)")) as? (JSONValue, JSONValue) else { return "other bytes in \(path)" }
            if values.0 != values.1 { return "other values in \(path)" }
        }
        return nil
    }

    private func entries(_ directory: String) -> Set<String> {
        Set((try? FileManager.default.subpathsOfDirectory(atPath: directory)) ?? [])
    }

    private func kind(_ path: String) -> mode_t {
        var info = stat()
        return lstat(path, &info) == 0 ? info.st_mode & S_IFMT : 0
    }

    private func json(_ path: String) -> JSONValue? {
        guard let data = try? Data(contentsOf: URL(filePath: path)), let value = try? JSONDecoder().decode(JSONValue.self, from: data) else {
            return nil
        }
        return value.without(ignoredKeys)
    }

    private func areEqual(_ one: String, _ other: String) -> Bool {
        let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        let files = [open(one, flags), open(other, flags)]
        defer { for file in files where file >= 0 { close(file) } }
        guard files.allSatisfy({ $0 >= 0 }) else { return false }
        while true {
            guard let parts = (chunk(files[0]), chunk(files[1])) as? ([UInt8], [UInt8]), parts.0 == parts.1 else { return false }
            if parts.0.isEmpty { return true }
        }
    }

    /// nil if it cannot be read; shorter than others only at the file's end.
    private func chunk(_ file: Int32, size: Int = 1 << 18) -> [UInt8]? {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let more = read(file, buffer.baseAddress! + count, size - count)
                if more < 0 && errno == EINTR { continue }
                failed = more < 0
                if more <= 0 { break }
                count += more
            }
        }
        return failed ? nil : bytes
    }
}
