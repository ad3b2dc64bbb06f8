public import LynxModel

/// Answer to `GET /batches`: newest first.
public struct BatchList: Codable, Hashable, Sendable {
    public var batches: [Batch]
    /// To be given as `cursor` for the next part; absent from the last.
    public var nextCursor: String?

    private enum CodingKeys: String, CodingKey {
        case batches
        case nextCursor = "next_cursor"
    }
}

/// Answer to `GET /batches/{id}/jobs`: by run index.
public struct JobList: Codable, Hashable, Sendable {
    public var jobs: [Job]
    /// To be given as `cursor` for the next part; absent from the last.
    public var nextCursor: String?

    private enum CodingKeys: String, CodingKey {
        case jobs
        case nextCursor = "next_cursor"
    }
}

/// Answer to `GET /batches/{id}/results`: those there are so far, by run index.
public struct ResultList: Codable, Hashable, Sendable {
    public var results: [JobResult]
}

/// Answer to `GET /runners`.
public struct RunnerList: Codable, Hashable, Sendable {
    public var runners: [Runner]
}
