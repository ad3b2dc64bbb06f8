package import LynxDocument

/// Code that comes with batches.
extension Endpoint {
    package static var announceBundle: Endpoint<BundleManifestContent, BundleRequirements> {
        .init(
            .post, "/bundles", .scope(.submit), .batches, "Say what files a bundle has.",
            remarks: """
                The body is a manifest: the line `lynx-bundle 1`, then for each file its SHA-256, its size in bytes, `x` if it is \
                executable or else `-`, and its path, separated by single spaces, in the order of the paths' bytes. The answer names \
                the contents that are not here yet; a batch may name the bundle when all are. Announced again, it is kept longer. \
                \(BodyLimit.sentence(BundleManifest.mostTextBytes))
                """,
            bodyLimit: BundleManifest.mostTextBytes, answers: [.ok("What is to be uploaded.")])
    }

    package static var uploadBundleFile: Endpoint<BinaryContent, ArtifactProgress> {
        .init(
            .put, "/bundles/\(.bundle)/files/\(.sha256)", .scope(.submit), .batches, "Upload a content of a bundle, from an offset on.",
            remarks: "What has arrived when a call breaks off is kept; the answer to a wrong offset says how much that is.",
            parameters: [.uploadOffset],
            answers: [.ok("How much is there now."), .notFound, .problem(503, "An earlier call is still writing this content.")])
    }

    package static var bundleFile: Endpoint<Void, FileContent> {
        .init(
            .get, "/runner/v1/bundles/\(.bundle)/files/\(.sha256)", .runner, .runnerProtocol,
            "A content of a bundle of the runner's tenant, or the bundle's manifest under its own hash.",
            remarks: "Since 1.6.", answers: [.file, .filePart, .fileNotModified, .notFound, .badRange])
    }
}

extension EndpointParameter {
    package static let bundle = EndpointParameter(
        .path, "bundle", .text(["pattern": "^[0-9a-f]{64}$"]), "The SHA-256 of a bundle's manifest.")
}

/// The text of a `BundleManifest`.
package enum BundleManifestContent: ContentDescribing {
    package static let mediaType = "text/plain"
    package static let schema: JSONValue? = ["type": "string"]
}

/// Answer to a bundle's manifest: what of it is to be uploaded.
public struct BundleRequirements: Codable, Hashable, Sendable {
    public struct Upload: Codable, Hashable, Sendable {
        public var sha256: String
        /// In bytes.
        public var size: Int64
        /// How many bytes of it are there already.
        public var offset: Int64

        public init(sha256: String, size: Int64, offset: Int64) {
            self.sha256 = sha256
            self.size = size
            self.offset = offset
        }
    }

    /// Of the manifest, by which batches name the bundle.
    public var sha256: String
    public var uploads: [Upload]

    public init(sha256: String, uploads: [Upload]) {
        self.sha256 = sha256
        self.uploads = uploads
    }
}
