import FoundationEssentials
import LynxModel

extension BatchSubmission {
    /// The body of `POST /jobs`.
    ///
    /// - Throws: a 400 `Problem` for what is not a JSON object, a 422 one that names every field that is wrong.
    static func read(body: Data) throws -> BatchSubmission {
        do throws(DiagnosticList) {
            return try read(json: body)
        } catch {
            throw error.diagnostics.contains { !$0.fieldPath.isEmpty }
                ? error.problem(title: "Invalid batch", status: 422)
                : error.problem(title: "Not a batch", status: 400)
        }
    }
}
