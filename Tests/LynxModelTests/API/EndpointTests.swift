import TestSupport
import Testing

@testable import LynxModel

@Suite("An endpoint's path, query and headers")
struct EndpointTests {
    private let results: Endpoint<Void, ResultList> = .batchResults
    private let file: Endpoint<Void, FileContent> = .artifact
    private let upload: Endpoint<BinaryContent, ArtifactProgress> = .uploadFile

    @Test("It goes by the name of its property, and its path is shown with the names of its parameters") func names() {
        #expect(results.description.id == "batchResults")
        #expect(results.description.call == "GET /batches/{batch}/results")
        #expect(file.description.call == "GET /jobs/{job}/artifacts/{path}")
    }

    @Test("Arguments are encoded for the place they are sent in; those that are nil are left out") func target() {
        let none: String? = nil
        #expect(results.description.target([.batch: "a/b c", .cursor: none]) == "/batches/a%2Fb%20c/results")
        #expect(
            results.description.target([.batch: "b", .cursor: "x&y=z", .telemetry: "summary", .resultLimit: 7])
                == "/batches/b/results?telemetry=summary&limit=7&cursor=x%26y%3Dz")
    }

    @Test("Slashes stay what they are in what is left of a path, also where two come together") func restOfPath() {
        #expect(
            file.description.target([.job: "j", .filePath: "a b//c?.txt", .attempt: 2])
                == "/jobs/j/artifacts/a%20b//c%3F.txt?attempt=2")
    }

    @Test("What goes into headers is not in the path") func headers() {
        let arguments: EndpointArguments = [.job: "j", .sha256: "00", .runnerID: "r", .ownAttempt: 1, .uploadOffset: 512]
        #expect(upload.description.target(arguments) == "/runner/v1/jobs/j/artifacts/00?runner_id=r&attempt=1")
        #expect(upload.description.headers(arguments).map { "\($0.name): \($0.value)" } == ["Upload-Offset: 512"])
    }

    @Test("A body of JSON is described by the component of its type's name, another by itself") func content() {
        #expect(Endpoint<TokenRequest, IssuedToken>.createToken.description.body == .json("TokenRequest"))
        #expect(upload.description.body?.mediaType == "application/octet-stream")
        #expect(results.description.body == nil)
        #expect(results.description.answers[0].content == .json("ResultList"))
        #expect(Endpoint<LeaveRequest, Void>.leave.description.answers[0].content == nil)
    }
}
