import FoundationEssentials
import HTTPTypes
import Hummingbird
import LynxDocument
import LynxModel
import Sampling
import Support

extension BatchSubmission {
    /// The body of `POST /jobs`.
    ///
    /// - Throws: a 400 `Problem` for what is not a JSON object, a 422 one that names every field that is wrong.
    static func read(body: Data) throws -> BatchSubmission {
        do throws(DiagnosticList) {
            return try read(json: body, judgedBy: { $0.config.samplingProblems })
        } catch {
            throw error.diagnostics.contains { !$0.fieldPath.isEmpty }
                ? error.problem(title: "Invalid batch", status: 422)
                : error.problem(title: "Not a batch", status: 400)
        }
    }
}

extension Request {
    /// What makes a submission that is repeated the same one (draft-ietf-httpapi-idempotency-key-header).
    ///
    /// - Throws: a 422 `Problem` that names the header if it is there and no key.
    func submissionKey(body: Data) throws -> SubmissionKey? {
        let values = headers[values: .idempotencyKey]
        guard let key = values.first else { return nil }
        let isVisible = key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard values.count == 1, (1...255).contains(key.utf8.count), isVisible else {
            throw Problem.badHeader(EndpointParameter.idempotencyKey.name, "must be given once, as 1 to 255 visible ASCII characters")
        }
        let digest = SHA256.hash(body).hexadecimal
        return SubmissionKey(key: key, bodySHA256: digest)
    }
}

extension HTTPField.Name {
    fileprivate static let idempotencyKey = HTTPField.Name(EndpointParameter.idempotencyKey.name)!
}
