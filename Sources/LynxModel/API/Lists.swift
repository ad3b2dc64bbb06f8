/// One part of a list that is given in parts.
public protocol ListPart: Codable, Sendable {
    /// To be given as `cursor` for the next part; absent from the last.
    var nextCursor: String? { get }
}

/// Answer to `GET /batches`: newest first.
public struct BatchList: Codable, Hashable, Sendable, ListPart {
    public var batches: [Batch]
    /// To be given as `cursor` for the next part; absent from the last.
    public var nextCursor: String?

    public init(batches: [Batch], nextCursor: String?) {
        self.batches = batches
        self.nextCursor = nextCursor
    }

    private enum CodingKeys: String, CodingKey {
        case batches
        case nextCursor = "next_cursor"
    }
}

/// Answer to `GET /batches/{id}/jobs`: by run index.
public struct JobList: Codable, Hashable, Sendable, ListPart {
    public var jobs: [Job]
    /// To be given as `cursor` for the next part; absent from the last.
    public var nextCursor: String?

    public init(jobs: [Job], nextCursor: String?) {
        self.jobs = jobs
        self.nextCursor = nextCursor
    }

    private enum CodingKeys: String, CodingKey {
        case jobs
        case nextCursor = "next_cursor"
    }
}

/// Answer to `GET /batches/{id}/results`: those there are so far, by run index.
public struct ResultList: Codable, Hashable, Sendable, ListPart, HoldsNumberLists {
    public var results: [JobResult]
    /// To be given as `cursor` for the next part; absent from the last, and where all were asked for.
    public var nextCursor: String?

    public init(results: [JobResult], nextCursor: String?) {
        self.results = results
        self.nextCursor = nextCursor
    }

    private enum CodingKeys: String, CodingKey {
        case results
        case nextCursor = "next_cursor"
    }
}

/// Answer to `GET /runners`: by name.
public struct RunnerList: Codable, Hashable, Sendable, ListPart {
    public var runners: [Runner]
    /// To be given as `cursor` for the next part; absent from the last.
    public var nextCursor: String?

    public init(runners: [Runner], nextCursor: String?) {
        self.runners = runners
        self.nextCursor = nextCursor
    }

    private enum CodingKeys: String, CodingKey {
        case runners
        case nextCursor = "next_cursor"
    }
}

/// Answer to `GET /jobs/{id}/attempts`: by number.
public struct AttemptList: Codable, Hashable, Sendable {
    public var attempts: [JobAttempt]

    public init(attempts: [JobAttempt]) { self.attempts = attempts }
}
