public import FoundationEssentials

/// What a stored file of an attempt is.
public enum ArtifactKind: String, Codable, CaseIterable, Sendable {
    /// Written by the simulation into its output directory.
    case output
    /// What it printed: `stdout.log` or `stderr.log`.
    case log
}

/// The files of an ended attempt: body of `POST /runner/v1/jobs/{id}/artifacts`.
///
/// Sent before the attempt's result, and again whenever a runner does not know how far it got. When the answer names a
/// place of an object store, the runner puts the files there and then sends the manifest once more with their `location`s.
public struct ArtifactManifest: Codable, Hashable, Sendable {
    public struct File: Codable, Hashable, Sendable {
        /// Relative to the output directory; the bare name of a log.
        public var path: String
        public var kind: ArtifactKind
        public var sizeBytes: Int64
        /// Lower-case hexadecimal.
        public var sha256: String
        public var mediaType: String
        /// `s3://bucket/key`, once it is there.
        public var location: String?

        public init(
            path: String, kind: ArtifactKind, sizeBytes: Int64, sha256: String, mediaType: String, location: String? = nil
        ) {
            self.path = path
            self.kind = kind
            self.sizeBytes = sizeBytes
            self.sha256 = sha256
            self.mediaType = mediaType
            self.location = location
        }

        /// Its name below the place that `ArtifactRequirements.objectStore` gives. Logs are apart, so that no
        /// output can have the name of one.
        public func objectName(attempt: Int) -> String {
            switch kind {
            case .output: "attempt-\(attempt)/\(path)"
            case .log: "attempt-\(attempt)-logs/\(path)"
            }
        }

        private enum CodingKeys: String, CodingKey {
            case path, kind, sha256, location
            case sizeBytes = "size_bytes"
            case mediaType = "media_type"
        }
    }

    /// A control plane takes no more in one manifest.
    public static let mostFiles = 200_000

    public var runnerID: String
    public var attempt: Int
    public var files: [File]

    public init(runnerID: String, attempt: Int, files: [File]) {
        self.runnerID = runnerID
        self.attempt = attempt
        self.files = files
    }

    private enum CodingKeys: String, CodingKey {
        case attempt, files
        case runnerID = "runner_id"
    }
}

/// Answer to an `ArtifactManifest`: what is to be sent, and where.
public struct ArtifactRequirements: Codable, Hashable, Sendable {
    /// Content to be sent with `PUT /runner/v1/jobs/{id}/artifacts/{sha256}`.
    public struct Upload: Codable, Hashable, Sendable {
        public var sha256: String
        /// How many bytes of it are there already: the rest is to be sent.
        public var offset: Int64

        public init(sha256: String, offset: Int64) {
            self.sha256 = sha256
            self.offset = offset
        }
    }

    /// False where files stay on the runner's machine; then nothing else in here counts.
    public var accepted: Bool
    public var uploads: [Upload]
    /// The place of an object store (`s3://bucket/prefix`) that the files are to be put to instead.
    public var objectStore: String?

    public init(accepted: Bool = true, uploads: [Upload] = [], objectStore: String? = nil) {
        self.accepted = accepted
        self.uploads = uploads
        self.objectStore = objectStore
    }

    private enum CodingKeys: String, CodingKey {
        case accepted, uploads
        case objectStore = "object_store"
    }
}

/// Answer to a `PUT` of content: how many bytes of it are there now.
public struct ArtifactProgress: Codable, Hashable, Sendable {
    public var offset: Int64
    /// All are there, and their SHA-256 is the right one.
    public var complete: Bool

    public init(offset: Int64, complete: Bool) {
        self.offset = offset
        self.complete = complete
    }
}

/// One file of an attempt as `GET /jobs/{id}/artifacts` lists it.
public struct StoredArtifact: Codable, Hashable, Sendable {
    public var path: String
    public var kind: ArtifactKind
    public var attempt: Int
    public var sizeBytes: Int64
    public var sha256: String
    public var mediaType: String
    /// `s3://…` where the runner put it; absent for what the control plane keeps.
    public var location: String?
    /// False while it is still being uploaded.
    public var available: Bool

    public init(
        path: String, kind: ArtifactKind, attempt: Int, sizeBytes: Int64, sha256: String, mediaType: String, location: String?, available: Bool
    ) {
        self.path = path
        self.kind = kind
        self.attempt = attempt
        self.sizeBytes = sizeBytes
        self.sha256 = sha256
        self.mediaType = mediaType
        self.location = location
        self.available = available
    }

    private enum CodingKeys: String, CodingKey {
        case path, kind, attempt, sha256, location, available
        case sizeBytes = "size_bytes"
        case mediaType = "media_type"
    }
}

/// Answer to `GET /jobs/{id}/artifacts`.
public struct ArtifactList: Codable, Hashable, Sendable {
    public var artifacts: [StoredArtifact]

    public init(artifacts: [StoredArtifact]) { self.artifacts = artifacts }
}

/// A file of a batch's job; on the wire one object.
public struct BatchArtifact: Codable, Hashable, Sendable {
    public var jobID: String
    public var artifact: StoredArtifact

    public init(jobID: String, artifact: StoredArtifact) {
        self.jobID = jobID
        self.artifact = artifact
    }

    private enum CodingKeys: String, CodingKey {
        case jobID = "job_id"
    }

    public init(from decoder: any Decoder) throws {
        jobID = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .jobID)
        artifact = try StoredArtifact(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        try artifact.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(jobID, forKey: .jobID)
    }
}

/// Answer to `GET /batches/{id}/artifacts`: by run index.
public struct BatchArtifactList: Codable, Hashable, Sendable, ListPart {
    public var artifacts: [BatchArtifact]
    /// To be given as `cursor` for the next part; absent from the last.
    public var nextCursor: String?

    public init(artifacts: [BatchArtifact], nextCursor: String?) {
        self.artifacts = artifacts
        self.nextCursor = nextCursor
    }

    private enum CodingKeys: String, CodingKey {
        case artifacts
        case nextCursor = "next_cursor"
    }
}

/// Answer to `POST /gc`: what was removed, or with `dry_run` would be.
public struct CollectionReport: Codable, Hashable, Sendable {
    public struct Batch: Codable, Hashable, Sendable {
        public var batchID: String
        public var completedAt: Date
        public var files: Int

        public init(batchID: String, completedAt: Date, files: Int) {
            self.batchID = batchID
            self.completedAt = completedAt
            self.files = files
        }

        private enum CodingKeys: String, CodingKey {
            case files
            case batchID = "batch_id"
            case completedAt = "completed_at"
        }
    }

    public var dryRun: Bool
    public var batches: [Batch]
    /// Contents of files that nothing refers to any more, and their bytes.
    public var blobs: Int
    public var blobBytes: Int64
    /// Objects that runners put into object stores, and their bytes.
    public var objects: Int
    public var objectBytes: Int64
    /// Compressed telemetry.
    public var telemetryBytes: Int64
    /// Uploads that were given up, and files nobody knows.
    public var stale: Int
    public var staleBytes: Int64
    /// What could not be removed, and why; the next collection tries again.
    public var failures: [String]

    public init(dryRun: Bool) {
        self.dryRun = dryRun
        batches = []
        (blobs, blobBytes, objects, objectBytes, telemetryBytes, stale, staleBytes) = (0, 0, 0, 0, 0, 0, 0)
        failures = []
    }

    private enum CodingKeys: String, CodingKey {
        case batches, blobs, objects, stale, failures
        case dryRun = "dry_run"
        case blobBytes = "blob_bytes"
        case objectBytes = "object_bytes"
        case telemetryBytes = "telemetry_bytes"
        case staleBytes = "stale_bytes"
    }
}
