import FoundationEssentials
import LynxModel
import Sampling

extension BatchSubmission {
    /// The body of `POST /jobs`.
    ///
    /// - Throws: a 400 `Problem` for what is not a JSON object, a 422 one that names every field that is wrong.
    static func read(body: Data) throws -> BatchSubmission {
        let submission: BatchSubmission
        do throws(DiagnosticList) {
            submission = try read(json: body)
        } catch {
            throw error.diagnostics.contains { !$0.fieldPath.isEmpty }
                ? error.problem(title: "Invalid batch", status: 422)
                : error.problem(title: "Not a batch", status: 400)
        }
        let beyond = submission.config.dispersions.filter { !$0.value.distribution.hasRepresentableSamples }.keys.sorted()
        guard let first = beyond.first else { return submission }
        let detail = "has samples beyond double precision; bring its parameters closer to 0"
        throw Problem(
            title: "Invalid batch", status: 422, detail: "config.dispersions.\(first).distribution \(detail)",
            errors: beyond.map { .init(field: "config.dispersions.\($0).distribution", detail: detail) })
    }
}
