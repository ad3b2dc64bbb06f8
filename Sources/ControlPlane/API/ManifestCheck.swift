import LynxModel
import ObjectStore

extension ArtifactManifest {
    /// - Throws: a `Problem` that names the field that makes no manifest.
    func check() throws {
        guard files.count <= Self.mostFiles else { throw Problem.invalid("files", "may have at most \(Self.mostFiles) entries") }
        for (index, file) in files.enumerated() {
            func invalid(_ field: String, _ detail: String) -> Problem { .invalid("files[\(index)].\(field)", detail) }
            guard Self.isSafe(file.path) else {
                throw invalid("path", "must be a relative path of 1 to 4096 bytes without '.', '..' and empty parts")
            }
            guard file.kind == .output || LogStream.allCases.contains(where: { file.path == $0.fileName }) else {
                throw invalid("path", "is '\(file.path)'; a log is \(LogStream.allCases.map(\.fileName).joined(separator: ", "))")
            }
            guard Self.isHash(file.sha256) else { throw invalid("sha256", "must be 64 lower-case hexadecimal digits") }
            guard file.sizeBytes >= 0 else { throw invalid("size_bytes", "must be 0 or more") }
        }
    }

    /// A location reported by the runner must equal the one assigned: the control plane reads there with its own rights.
    ///
    /// - Parameter target: where the batch wants the job's files, if in an object store.
    func checkLocations(_ target: S3Address?) throws {
        for (index, file) in files.enumerated() {
            guard let location = file.location else { continue }
            guard let target, location == target.appending(file.objectName(attempt: attempt)).description else {
                throw Problem.invalid("files[\(index)].location", "is '\(location)', which is not where this file belongs")
            }
        }
    }

    /// With media types that can be a header; the runner's may be anything.
    var tamed: ArtifactManifest {
        var manifest = self
        for index in files.indices where !Self.isMediaType(files[index].mediaType) {
            manifest.files[index].mediaType = "application/octet-stream"
        }
        return manifest
    }

    static func isHash(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    static func isSafe(_ path: String) -> Bool {
        (1...4096).contains(path.utf8.count) && !path.utf8.contains(0)
            && path.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
                .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }

    private static func isMediaType(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return text.utf8.count <= 127 && parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) || $0 == 0x20 }
    }
}
