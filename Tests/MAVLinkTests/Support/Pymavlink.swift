import Foundation
import TestSupport

@testable import MAVLink

/// pymavlink in a process of its own, which makes frames and says what it reads in ours.
enum Pymavlink {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// A message as pymavlink sees it.
    struct Line {
        var name: String
        var version: UInt8
        var frame: [UInt8]
        /// By name: integers in decimal, floats by their bits, texts in hexadecimal.
        var fields: [String: String]

        init(_ text: Substring) {
            let words = text.split(separator: " ")
            name = String(words[0])
            version = UInt8(words[1])!
            frame = Array(hex: words[2])
            fields = Dictionary(
                uniqueKeysWithValues: words.dropFirst(3).map { word in
                    let pair = word.split(separator: "=", omittingEmptySubsequences: false)
                    return (String(pair[0]), String(pair[1]))
                })
        }
    }

    /// Frames of every message with random values, numbered in sequence, from system 7 and component 9.
    static func frames(seed: Int) async throws -> [Line] { try await run("encode", "\(seed)") }

    static func decode(_ frames: [UInt8]) async throws -> [Line] {
        let directory = try TemporaryDirectory()
        let file = directory.file("frames.bin")
        try Data(frames).write(to: URL(filePath: file))
        return try await run("decode", file)
    }

    private static func run(_ arguments: String...) async throws -> [Line] {
        let end = try await Program.run(
            Repository.python, [Repository.path("Tests/MAVLinkTests/Python/pymavlink_side.py")] + arguments)
        guard end.exitCode == 0 else { throw Failure(description: "pymavlink_side.py: \(end.errors)") }
        return end.output.split(separator: "\n").map(Line.init)
    }
}

extension [UInt8] {
    init(hex: Substring) {
        let digits = Array<UInt8>(hex.utf8)
        self = stride(from: 0, to: digits.count, by: 2).map { UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)! }
    }
}

extension MAVLinkPayload {
    /// A field's value as `Pymavlink.Line` writes it.
    func canonical(_ field: MAVLinkField) -> String {
        if field.type == .char { return text(field).utf8.map { String(format: "%02x", $0) }.joined() }
        return (0..<field.count).map { element in
            switch value(field, element) {
            case .integer(let value): String(value)
            case .unsigned(let value): String(value)
            case .float(let value): String(value.bitPattern)
            case .double(let value): String(value.bitPattern)
            }
        }.joined(separator: ",")
    }

    func canonical(_ message: MAVLinkMessage) -> [String: String] {
        Dictionary(uniqueKeysWithValues: message.fields.map { ($0.name, canonical($0)) })
    }
}
