import LynxModel
import Testing

@testable import RunnerHost

@Suite("Errors of the control plane")
struct ControlPlaneErrorTests {
    private func error(_ cause: ControlPlaneError.Cause) -> ControlPlaneError {
        ControlPlaneError(call: "/runner/v1/claim", server: "http://127.0.0.1:1", cause: cause)
    }

    @Test(
        "Each status has one advice",
        arguments: [
            (500, .retry(notBefore: nil)), (502, .retry(notBefore: nil)), (503, .retry(notBefore: nil)), (429, .retry(notBefore: nil)),
            (408, .retry(notBefore: nil)), (401, .registerAgain), (404, .registerAgain), (409, .stale), (403, .misconfigured),
            (308, .misconfigured), (400, .refused), (413, .refused), (422, .refused),
        ] as [(Int, ControlPlaneError.Advice)])
    func advice(status: Int, advice: ControlPlaneError.Advice) {
        #expect(error(.status(status, nil, retryAfter: nil)).advice == advice)
    }

    @Test("No answer, and an answer in another language, may both be better next time")
    func transient() {
        #expect(error(.unreachable("connection refused")).advice == .retry(notBefore: nil))
        #expect(error(.unintelligible("12 bytes")).advice == .retry(notBefore: nil))
    }

    @Test("A refusal says what the control plane said, in one line")
    func description() {
        let problem = Problem(
            title: "Incompatible runner", status: 422, detail: "the protocol version is '9.0'",
            errors: [.init(field: "protocol_version", detail: "is '9.0'")])
        #expect(
            error(.status(422, problem, retryAfter: nil)).description
                == "control plane http://127.0.0.1:1 answered /runner/v1/claim with status 422: the protocol version is '9.0'; protocol_version: is '9.0'")
    }
}
