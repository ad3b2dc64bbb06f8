import FoundationEssentials
import LynxModel

/// The code that the runs of a batch were made with: what their results say of it, and how many say the same.
struct StudyCode: Sendable {
    /// What the metadata of one result, and of others like it, says.
    struct Origin: Decodable, Hashable, Sendable {
        var simulationVersion: String
        var engine: String
        var engineVersion: String
        var provenance: Provenance?

        init(simulationVersion: String, engine: String, engineVersion: String, provenance: Provenance?) {
            self.simulationVersion = simulationVersion
            self.engine = engine
            self.engineVersion = engineVersion
            self.provenance = provenance
        }

        /// Its parts, by names for people.
        var parts: [String: String] {
            var parts = ["simulation version": simulationVersion, "engine": engineVersion.isEmpty ? engine : "\(engine) \(engineVersion)"]
            guard let provenance else { return parts }
            parts["host version"] = provenance.hostVersion
            if let hash = provenance.engineSHA256 { parts["engine \(engine) file"] = hash }
            for (setting, hash) in provenance.files { parts[setting] = hash }
            parts["interpreter"] = provenance.interpreter?.version
            parts["distributions"] = provenance.interpreter?.distributions
            return parts
        }

        private enum CodingKeys: String, CodingKey {
            case engine, provenance
            case simulationVersion = "simulation_version"
            case engineVersion = "engine_version"
        }
    }

    var origins: [(origin: Origin, runs: Int)] = []

    var unknownRuns: Int { origins.reduce(0) { $0 + ($1.origin.provenance == nil ? $1.runs : 0) } }

    /// For each part its values, those with the most runs first.
    private var values: [String: [CodeDifference.Value]] {
        var counts: [String: [String: Int]] = [:]
        for (origin, runs) in origins {
            for (part, value) in origin.parts { counts[part, default: [:]][value, default: 0] += runs }
        }
        return counts.mapValues { values in
            values.map { CodeDifference.Value(value: $0.key, runs: $0.value) }.sorted { $0.runs == $1.runs ? $0.value < $1.value : $0.runs > $1.runs }
        }
    }

    /// A part that only one side tells of is a difference, unless the other has no runs that tell anything. Nil where a side has
    /// no results.
    static func comparison(_ first: StudyCode, _ second: StudyCode) -> CodeComparison? {
        guard !first.origins.isEmpty, !second.origins.isEmpty else { return nil }
        let (a, b) = (first.values, second.values)
        let bothTell = [first, second].allSatisfy { $0.origins.contains { $0.origin.provenance != nil } }
        let differences = Set(a.keys).union(b.keys).sorted().compactMap { part -> CodeDifference? in
            let (one, other) = (a[part] ?? [], b[part] ?? [])
            if one.isEmpty || other.isEmpty, !bothTell { return nil }
            let isSame = one.count == 1 && other.count == 1 && one[0].value == other[0].value
            return isSame ? nil : CodeDifference(part: part, first: one, second: other)
        }
        return CodeComparison(differences: differences, firstUnknown: first.unknownRuns, secondUnknown: second.unknownRuns)
    }
}

extension Ledger {
    /// What the results of a batch say of their code, counted by the database.
    func code(of batchID: String) async throws -> StudyCode {
        try await driver.read { connection in
            let rows = try connection.rows(connection.isShared ? OriginQuery.postgreSQL : OriginQuery.sqlite, [.text(batchID)])
            var code = StudyCode()
            for row in rows {
                guard let text = try row.optionalText("origin"),
                    let origin = try? WireJSON.decode(StudyCode.Origin.self, from: Data(text.utf8))
                else { continue }
                code.origins.append((origin, try row.int("runs")))
            }
            return code
        }
    }
}

/// The two databases read JSON each in their own way.
private enum OriginQuery {
    private static let endedResults = """
        FROM jobs JOIN results ON results.batch_id = jobs.batch_id AND results.run_index = jobs.run_index AND results.attempt = jobs.attempt
        WHERE jobs.batch_id = ? AND jobs.completed_at IS NOT NULL AND jobs.retracted = 0
        """

    /// Each text of what results say of their code once, as JSON, with how many say it. Value: batch_id.
    static let sqlite = """
        SELECT origin, COUNT(*) AS runs FROM (
            SELECT json_object(
                'simulation_version', metadata ->> 'simulation_version', 'engine', metadata ->> 'engine',
                'engine_version', metadata ->> 'engine_version', 'provenance', metadata -> 'provenance') AS origin
            FROM (SELECT summary -> 'metadata' AS metadata \(endedResults)) AS of_results) AS origins
        GROUP BY origin
        """

    static let postgreSQL = """
        SELECT origin, COUNT(*) AS runs FROM (
            SELECT CAST(jsonb_build_object(
                'simulation_version', metadata -> 'simulation_version', 'engine', metadata -> 'engine',
                'engine_version', metadata -> 'engine_version', 'provenance', metadata -> 'provenance') AS TEXT) AS origin
            FROM (SELECT CAST(summary AS jsonb) -> 'metadata' AS metadata \(endedResults)) AS of_results) AS origins
        GROUP BY origin
        """
}
