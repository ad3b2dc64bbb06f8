import AsyncHTTPClient
import FoundationEssentials
import LynxModel
import NIOCore
import NIOHTTP1

/// The control plane under load.
struct Server: Sendable {
    let url: String
    let http: HTTPClient

    struct Refusal: Error, CustomStringConvertible {
        var description: String
    }

    func ask<Answer: Decodable>(_ path: String, _ body: some Encodable, expecting status: Int = 200) async throws -> Answer {
        try WireJSON.decode(Answer.self, from: try await post(path, body, expecting: status))
    }

    @discardableResult
    func post(_ path: String, _ body: some Encodable, expecting status: Int) async throws -> Data {
        var request = HTTPClientRequest(url: url + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(try WireJSON.encode(body))
        let answer = try await http.execute(request, timeout: .seconds(60))
        let bytes = Data((try await answer.body.collect(upTo: 64 << 20)).readableBytesView)
        guard Int(answer.status.code) == status else {
            throw Refusal(description: "\(path) was answered with \(answer.status.code): \(String(decoding: bytes, as: UTF8.self))")
        }
        return bytes
    }
}
