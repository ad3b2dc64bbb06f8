import Crypto
package import EngineABI

/// Where an engine reports the files of a job: `lynx_collector` of the ABI.
public struct ArtifactSink: ~Copyable {
    private let collector: UnsafePointer<lynx_collector>

    package init(_ collector: UnsafePointer<lynx_collector>) { self.collector = collector }

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
                    sha256.withUnsafeBytes { target.copyBytes(from: $0) }
                }
                collector.pointee.artifact(collector, &artifact)
            }
        }
    }

    public func warning(_ message: String) {
        message.withLynxString { collector.pointee.warning(collector, $0) }
    }
}
