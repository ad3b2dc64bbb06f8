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
    /// To be given as `cursor` for the next part; absent from the last, and where all were asked for.
    public var nextCursor: String?

    private enum CodingKeys: String, CodingKey {
        case results
        case nextCursor = "next_cursor"
    }
}

/// Answer to `GET /runners`: by name.
public struct RunnerList: Codable, Hashable, Sendable {
    public var runners: [Runner]
    /// To be given as `cursor` for the next part; absent from the last.
    public var nextCursor: String?

    private enum CodingKeys: String, CodingKey {
        case runners
        case nextCursor = "next_cursor"
    }
}

/// Answer to `GET /jobs/{id}/attempts`: by number.
public struct AttemptList: Codable, Hashable, Sendable {
    public var attempts: [JobAttempt]
}
