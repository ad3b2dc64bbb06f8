import LynxDocument
import LynxModel

extension APIClient {
    /// The configuration of a job's run with its parameters of the kind that they are: to Foundation's decoder `2.0` is an
    /// integer, which is another value to a scenario.
    func exactConfiguration(of job: Job) async throws -> RunConfiguration {
        var configuration = job.runConfig
        let mayBeFloats = configuration.parameters.values.contains { if case .integer = $0 { true } else { false } }
        guard mayBeFloats else { return configuration }
        let document = Document.json(Array(try await send(Endpoint<Void, Job>.job.description, [.job: job.jobID])), name: "job")
        guard case .mapping(let fields)? = document.root?.content, case .mapping(let run)? = fields["run_config"]?.value.content,
            case .mapping(let parameters)? = run["parameters"]?.value.content
        else { return configuration }
        for entry in parameters.entries {
            guard case .integer? = configuration.parameters[entry.key], case .scalar(let scalar) = entry.value.content else { continue }
            // As it is written: integers have neither a point nor an exponent.
            let isFloat = scalar.text.utf8.contains { ".eE".utf8.contains($0) }
            if isFloat, let value = Double(scalar.text) { configuration.parameters[entry.key] = .number(value) }
        }
        return configuration
    }

    /// What a batch was submitted as, with numbers of the kind that they are.
    func exactSubmission(of batch: String) async throws -> BatchSubmission {
        let data = try await send(Endpoint<Void, BatchSubmission>.submission.description, [.batch: batch])
        // It reads what an earlier version let in, and this one would not.
        do { return try BatchSubmission.read(json: data) } catch { return try WireJSON.decode(BatchSubmission.self, from: data) }
    }
}
