import FoundationEssentials
import Support
import Testing

@testable import ObjectStore

/// Source of the S3 vectors: Amazon S3 API Reference, "Signature Calculations for the Authorization Header"; of the
/// others: the AWS Signature Version 4 Test Suite.
@Suite("AWS Signature Version 4")
struct SignatureV4Tests {
    private static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    private let s3 = SignatureV4(
        credentials: .init(accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1")
    private let suite = SignatureV4(
        credentials: .init(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1", service: "service")

    private func signature(_ signer: SignatureV4, _ request: SignatureV4.Request, at time: String) throws -> String {
        let date = try Date(time, strategy: Date.ISO8601FormatStyle())
        var request = request
        request.headers["x-amz-date"] = SignatureV4.timestamp(date)
        return String(signer.authorization(request, date: date).split(separator: "Signature=")[1])
    }

    private func s3Request(_ path: String, query: [(name: String, value: String)] = [], headers: [String: String] = [:]) throws -> String {
        var headers = headers
        headers["host"] = "examplebucket.s3.amazonaws.com"
        headers["x-amz-content-sha256"] = Self.empty
        return try signature(
            s3, .init(method: "GET", path: path, query: query, headers: headers, payloadHash: Self.empty), at: "2013-05-24T00:00:00Z")
    }

    @Test("A ranged GET of an object is signed as published")
    func getObject() throws {
        #expect(
            try s3Request("/test.txt", headers: ["range": "bytes=0-9"])
                == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test("A PUT of an object is signed as published")
    func putObject() throws {
        let hash = SHA256.hash("Welcome to Amazon S3.".utf8).hexadecimal
        let headers = [
            "host": "examplebucket.s3.amazonaws.com", "date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-content-sha256": hash,
            "x-amz-storage-class": "REDUCED_REDUNDANCY",
        ]
        let request = SignatureV4.Request(
            method: "PUT", path: "/" + "test$file.text".percentEncoded(), headers: headers, payloadHash: hash)
        #expect(
            try signature(s3, request, at: "2013-05-24T00:00:00Z") == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
    }

    @Test("Queries without and with values are signed as published")
    func queries() throws {
        #expect(
            try s3Request("/", query: [("lifecycle", "")]) == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
        #expect(
            try s3Request("/", query: [("prefix", "J"), ("max-keys", "2")])
                == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    @Test("The test suite's plain requests are signed as published")
    func plain() throws {
        func vanilla(_ method: String, query: [(name: String, value: String)] = []) throws -> String {
            try signature(
                suite,
                .init(method: method, path: "/", query: query, headers: ["host": "example.amazonaws.com"], payloadHash: Self.empty),
                at: "2015-08-30T12:36:00Z")
        }
        #expect(try vanilla("GET") == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
        #expect(try vanilla("POST") == "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")
        #expect(
            try vanilla("GET", query: [("Param2", "value2"), ("Param1", "value1")])
                == "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")
    }
}
