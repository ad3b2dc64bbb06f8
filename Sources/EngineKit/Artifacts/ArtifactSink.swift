package import EngineABI
import Support

/// Where an engine reports the files of a job: `lynx_collector` of the ABI.
public struct ArtifactSink: ~Copyable {
    private let collector: UnsafePointer<lynx_collector>

    package init(_ collector: UnsafePointer<lynx_collector>) { self.collector = collector }

    /// What one file may have, and all together, in bytes; nil where the host does not say.
    var limits: (file: Int64, total: Int64)? {
        isNew ? (collector.pointee.max_file_bytes, collector.pointee.max_total_bytes) : nil
    }

    /// Whether the collection has been abandoned.
    var isCancelled: Bool { isNew && collector.pointee.is_cancelled(collector) != 0 }

    /// A host before version 1.2 brought a struct without the last fields.
    private var isNew: Bool {
        Int(collector.pointee.struct_size) >= MemoryLayout<lynx_collector>.offset(of: \.is_cancelled)! + MemoryLayout<UnsafeRawPointer>.size
    }

    /// The absolute directory that the paths of artifacts are relative to. Call once, first.
    public func outputDirectory(_ path: String) {
        path.withLynxString { collector.pointee.output_directory(collector, $0) }
    }

    /// - Parameter sha256: 32 bytes.
    func artifact(path: String, mediaType: String, sizeBytes: Int64, sha256: SHA256.Digest) {
        path.withLynxString { path in
            mediaType.withLynxString { mediaType in
                var artifact = lynx_artifact()
                artifact.struct_size = UInt32(MemoryLayout<lynx_artifact>.size)
                artifact.path = path
                artifact.media_type = mediaType
                artifact.size_bytes = sizeBytes
                withUnsafeMutableBytes(of: &artifact.sha256) { target in
                    target.copyBytes(from: sha256.bytes)
                }
                collector.pointee.artifact(collector, &artifact)
            }
        }
    }

    public func warning(_ message: String) {
        message.withLynxString { collector.pointee.warning(collector, $0) }
    }
}
