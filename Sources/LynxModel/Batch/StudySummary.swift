/// A batch at a glance.
public struct StudySummary: Codable, Hashable, Sendable {
    public var batch: Batch
    public var simulation: String
    public var simulationType: String
    /// How many requirements it has.
    public var requirements: Int
    /// On all its requirements together: not met if one is not, met if all are. Nil where it has none, or where it is not known yet.
    public var verdict: VerdictName?
    /// Of the code that its first result was made with: the same for two batches whose first results name the same files and versions.
    /// Nil where no result says.
    public var code: String?

    public init(
        batch: Batch, simulation: String, simulationType: String, requirements: Int, verdict: VerdictName? = nil, code: String? = nil
    ) {
        self.batch = batch
        self.simulation = simulation
        self.simulationType = simulationType
        self.requirements = requirements
        self.verdict = verdict
        self.code = code
    }

    private enum CodingKeys: String, CodingKey {
        case batch, simulation, requirements, verdict, code
        case simulationType = "simulation_type"
    }
}

/// Answer to `GET /studies`: newest first.
public struct StudyList: Codable, Hashable, Sendable, ListPart {
    public var studies: [StudySummary]
    public var nextCursor: String?

    public init(studies: [StudySummary], nextCursor: String?) {
        self.studies = studies
        self.nextCursor = nextCursor
    }

    private enum CodingKeys: String, CodingKey {
        case studies
        case nextCursor = "next_cursor"
    }
}
