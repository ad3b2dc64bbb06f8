import Foundation
import TestSupport
import Testing

/// The structs of a header as a compiler lays them out: for each a line with its name and size, and for each of its fields one
/// with the name, the offset and the size.
struct HeaderLayout {
    struct Field: Equatable {
        var name: String
        var offset: Int
        var size: Int
    }

    struct Struct: Equatable {
        var name: String
        var size: Int
        var fields: [Field]
    }

    var structs: [Struct]

    /// - Parameters:
    ///   - folder: the folder of the header.
    ///   - headers: the names of all headers to look at.
    init(of folder: String, _ headers: [String] = ["engine_abi.h"]) async throws {
        var lines: [String] = []
        for header in headers {
            for (name, fields) in Self.structs(in: try String(contentsOfFile: folder + "/" + header, encoding: .utf8)) {
                lines.append("printf(\"%s %zu\\n\", \"\(name)\", sizeof(\(name)));")
                lines += fields.map { "printf(\"  %s %zu %zu\\n\", \"\($0)\", offsetof(\(name), \($0)), sizeof(((\(name) *)0)->\($0)));" }
            }
        }
        let includes = headers.map { "#include \"\($0)\"\n" }.joined() + "#include <stdio.h>\n"
        let directory = try TemporaryDirectory()
        let source = try directory.write("layout.c", includes + "int main(void) {\n\(lines.joined(separator: "\n"))\nreturn 0;\n}\n")
        let program = directory.path + "/layout"
        let compiled = try await Command.run("cc", ["-std=c11", "-I", folder, source, "-o", program])
        try #require(compiled.exitCode == 0, "\(compiled.errors)")
        self.init(text: try await Command.run(program, []).output)
    }

    init(text: String) {
        structs = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map { String($0) }
            if line.hasPrefix("  ") {
                structs[structs.count - 1].fields.append(Field(name: words[0], offset: Int(words[1])!, size: Int(words[2])!))
            } else {
                structs.append(Struct(name: words[0], size: Int(words[1])!, fields: []))
            }
        }
    }

    var text: String {
        structs.map { one in "\(one.name) \(one.size)\n" + one.fields.map { "  \($0.name) \($0.offset) \($0.size)\n" }.joined() }.joined()
    }

    /// The names of structs with those of their fields, in the order of the header.
    static func structs(in header: String) -> [(name: String, fields: [String])] {
        let text = header.replacing(/\/\*[\s\S]*?\*\//, with: "")
        return text.matches(of: /struct (\w+) \{([^{}]*)\}/).map { match in
            let fields = match.2.split(separator: ";").compactMap { declaration -> String? in
                if let pointer = declaration.firstMatch(of: /\(\*(\w+)\)/) { return String(pointer.1) }
                return declaration.firstMatch(of: /(\w+)\s*(\[[^\]]*\])?\s*$/).map { String($0.1) }
            }
            return (String(match.1), fields)
        }
    }
}
