import LynxDocument
import Testing

@testable import LynxModel

@Suite("The schema of batch files")
struct BatchSchemaTests {
    private let schema = BatchSubmission.schema

    @Test("It describes what is read: which fields there are, which are required, and what the others default to") func fields() {
        let definitions = schema["$defs"]
        #expect(schema["$ref"] == "#/$defs/BatchSubmission")
        #expect(definitions["BatchSubmission"]["required"] == ["name", "config"])
        let monteCarlo = definitions["MonteCarlo"]
        // Three methods give the number of runs themselves.
        #expect(monteCarlo["required"] == .null)
        #expect(monteCarlo["anyOf"].array.first == ["required": ["runs"]])
        #expect(monteCarlo["anyOf"].array[1]["properties"]["sampling_method"]["enum"] == ["grid", "table", "subset_simulation"])
        #expect(monteCarlo["properties"]["runs"]["maximum"] == 1_000_000)
        #expect(monteCarlo["properties"]["sampling_method"]["default"] == "latin_hypercube")
        #expect(definitions["Compute"]["properties"]["job_timeout_seconds"]["default"] == 3600)
        #expect(monteCarlo["additionalProperties"] == false)
    }

    @Test("Every kind of distribution is a variant of its own, with its own fields") func variants() {
        let variants = schema["$defs"]["Distribution"]["oneOf"].array
        #expect(variants.compactMap { $0["properties"]["type"]["const"].string } == Distribution.Kind.allCases.map(\.rawValue))
        let uniform = variants.first { $0["properties"]["type"]["const"] == "uniform" }
        #expect(Set(uniform?["required"].array ?? []) == ["type", "min", "max"])
        #expect(uniform.map { Set($0["properties"].object.keys) } == ["type", "min", "max", "truncate"])
    }

    @Test("Null is taken where a field may be left out, and nowhere else") func nulls() {
        let fields = schema["$defs"]["MonteCarlo"]["properties"]
        #expect(fields["seed"]["type"] == ["integer", "null"])
        #expect(fields["sampling_method"]["enum"].array.contains(.null))
        #expect(schema["$defs"]["Truncation"]["properties"]["min"]["type"] == ["number", "null"])
        #expect(schema["$defs"]["Dispersion"]["properties"]["distribution"]["$ref"] == "#/$defs/Distribution")
        let config = schema["$defs"]["BatchSubmission"]["properties"]["config"]["properties"]
        #expect(config["compute"]["anyOf"].array.contains(["type": "null"]))
        #expect(config["simulation"]["$ref"] == "#/$defs/SimulationSubmission")
    }

    @Test("Every reference leads to a definition") func references() {
        func references(_ value: JSONValue) -> [String] {
            switch value {
            case .object(let fields): fields.flatMap { key, field in key == "$ref" ? [field.string ?? ""] : references(field) }
            case .array(let items): items.flatMap(references)
            default: []
            }
        }
        let found = references(schema)
        #expect(found.count > 10)
        for reference in found {
            let definition = reference.split(separator: "/").dropFirst().reduce(schema) { $0[String($1)] }
            #expect(definition != .null, "\(reference)")
        }
    }
}
