import FoundationEssentials
import HTTPTypes
import Hummingbird
import LynxModel
import Support

extension Request {
    /// What makes a submission that is repeated the same one (draft-ietf-httpapi-idempotency-key-header).
    ///
    /// - Throws: a 422 `Problem` that names the header if it is there and no key.
    func submissionKey(body: Data) throws -> SubmissionKey? {
        let values = headers[values: .idempotencyKey]
        guard let key = values.first else { return nil }
        let isVisible = key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard values.count == 1, (1...255).contains(key.utf8.count), isVisible else {
            throw Problem.badHeader("Idempotency-Key", "must be given once, as 1 to 255 visible ASCII characters")
        }
        let digest = SHA256.hash(body).hexadecimal
        return SubmissionKey(key: key, bodySHA256: digest)
    }
}

extension HTTPField.Name {
    fileprivate static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
}
