import EngineABI
import LynxModel

/// The size limits for the files that engines may collect of an attempt.
package struct ArtifactLimits: Hashable, Sendable {
    /// The largest size of one file in bytes.
    package var file: Int64
    /// The largest total size in bytes of an attempt's files.
    package var total: Int64

    package init(file: Int64, total: Int64) {
        self.file = file
        self.total = total
    }

    init(_ configuration: RunnerConfiguration) {
        self.init(file: Int64(configuration.artifactMaxBytes), total: Int64(configuration.artifactMaxTotalBytes))
    }
}

/// The files that an engine's `collect` reported.
final class CollectedFiles {
    struct Summary: Sendable {
        /// The absolute directory that the artifacts' paths are relative to.
        var outputDirectory = ""
        var artifacts: [Artifact] = []
        var warnings: [String] = []
        /// The reason why the engine was asked to stop collecting; nil if it was not.
        var abandoned: StopCause?
    }

    /// A simulation can cause a warning with each of its files, but the report has to stay small enough to be sent.
    private static let maxWarnings = 100

    private let reason: () -> StopCause?
    private var abandoned: StopCause?
    var outputDirectory = ""
    private var artifacts: [Artifact] = []
    private var room = ListRoom()
    private var leftOut: (first: String, count: Int)?
    private var warnings: [String] = []
    private var furtherWarnings = 0
    private let onProgress: () -> Void

    init(_ abandoned: @escaping () -> StopCause? = { nil }, onProgress: @escaping () -> Void = {}) {
        reason = abandoned
        self.onProgress = onProgress
    }

    var isAbandoned: Bool {
        onProgress()
        if abandoned == nil { abandoned = reason() }
        return abandoned != nil
    }

    var summary: Summary {
        let first = leftOut.map { leftOut in
            [
                "\(Self.isLeftOut) \(leftOut.count) of \(artifacts.count + leftOut.count) output files, '\(leftOut.first)' among them: "
                    + "their names are more than a result can list (\(ListRoom.words)); all are in \(outputDirectory)"
            ]
        }
        let last = furtherWarnings > 0 ? ["and \(furtherWarnings) more warnings about the output"] : []
        return Summary(
            outputDirectory: outputDirectory, artifacts: artifacts, warnings: (first ?? []) + warnings + last, abandoned: abandoned)
    }

    /// The beginning of the warning that output files are neither listed nor uploaded, so that they exist on this machine only.
    static let isLeftOut = "not collected are"

    func warn(_ message: String) {
        onProgress()
        if warnings.count < Self.maxWarnings { warnings.append(message) } else { furtherWarnings += 1 }
    }

    static func of(_ collector: UnsafePointer<lynx_collector>?) -> CollectedFiles {
        Unmanaged<CollectedFiles>.fromOpaque(collector!.pointee.context).takeUnretainedValue()
    }

    func add(_ artifact: lynx_artifact) {
        onProgress()
        let hash = withUnsafeBytes(of: artifact.sha256) { bytes in
            String(unsafeUninitializedCapacity: 64) { text in
                let digits = Array("0123456789abcdef".utf8)
                for (index, byte) in bytes.enumerated() {
                    text[2 * index] = digits[Int(byte >> 4)]
                    text[2 * index + 1] = digits[Int(byte & 15)]
                }
                return 64
            }
        }
        let artifact = Artifact(
            path: String(lynx: artifact.path), sizeBytes: artifact.size_bytes, sha256: hash, mediaType: String(lynx: artifact.media_type))
        if room.fit(artifact, in: outputDirectory) {
            artifacts.append(artifact)
        } else {
            leftOut = (leftOut?.first ?? artifact.path, (leftOut?.count ?? 0) + 1)
        }
    }
}

/// The space in bytes that remains for the list of an attempt's files in its result, so that the result can be delivered: a
/// control plane accepts 128 MiB in one result, telemetry included, and 64 MiB in a manifest.
struct ListRoom {
    static let bytes = 48 << 20
    /// The part reserved for files directly in the output directory, where summaries are; excessive numbers of files are mostly
    /// below it.
    static let bytesOfTop = 12 << 20
    static let files = ArtifactManifest.mostFiles - 2

    static let words = "\(bytes >> 20) MiB, of which \(bytesOfTop >> 20) MiB are for files directly in the output directory, and \(files) files"

    private var top = Self.bytesOfTop
    private var nested = Self.bytes - Self.bytesOfTop
    private var count = 0

    /// Reserves space for an artifact; returns false if there is none.
    mutating func fit(_ artifact: Artifact, in directory: String) -> Bool {
        // The path occurs in `output_files` and in `artifacts`.
        let path = Self.bytes(of: artifact.path)
        let size = 2 * path + Self.bytes(of: directory) + Self.bytes(of: artifact.mediaType) + artifact.sha256.utf8.count + 100
        let isTop = !artifact.path.utf8.contains(UInt8(ascii: "/"))
        guard count < Self.files, size <= (isTop ? top : nested) else { return false }
        count += 1
        if isTop { top -= size } else { nested -= size }
        return true
    }

    /// An upper bound for a text's size in JSON.
    private static func bytes(of text: String) -> Int {
        text.utf8.reduce(0) { $0 + ($1 < 0x20 ? 6 : $1 == UInt8(ascii: "\"") || $1 == UInt8(ascii: "\\") ? 2 : 1) }
    }
}
