import LynxDocument
import LynxTelemetry

extension FieldType where Value == EarlyTerminationSpec {
    static var earlyTermination: FieldType {
        mapping("'early_termination'") { fields in
            let enabled = fields.optional("enabled", .bool, default: false, "Whether runs are killed that breach a condition.")
            let frequency = fields.optional(
                "check_frequency_hz", .number(atLeast: 0, atMost: 1e6), default: 0,
                "How often conditions are checked, in hertz of wall-clock time; 0 checks each value as it arrives.")
            let conditions = fields.optional("conditions", .stoppingConditions, "What kills a run.")
            return EarlyTerminationSpec(enabled: enabled, checkFrequencyHz: frequency, conditions: conditions ?? [])
        }.named("EarlyTerminationSubmission")
    }
}

extension FieldType where Value == [StoppingCondition] {
    /// Conditions have unique names: a result says which one fired.
    fileprivate static var stoppingConditions: FieldType {
        .uniquelyNamed(.stoppingCondition, named: "stopping conditions", each: "condition")
    }
}

extension FieldType {
    /// A list of mappings, each with a field `name` of its own.
    ///
    /// - Parameters:
    ///   - plural: what the items are: "stopping conditions".
    ///   - item: what one is: "condition".
    static func uniquelyNamed<Item>(
        _ type: FieldType<Item>, named plural: String, each item: String
    ) -> FieldType where Value == [Item] {
        let list: FieldType<[Item]> = .list(of: type, named: plural)
        return FieldType(list.expectation, schema: list.schema) { field, diagnostics in
            // Before the list itself, because items with other mistakes have names too.
            let names = field.itemNames
            for (index, name) in names.enumerated() {
                guard let name, let first = names.firstIndex(where: { $0?.text == name.text }), first < index else { continue }
                diagnostics.report(
                    "\(Excerpt.quoted(name.text)) already names \(field.path.lastKey)[\(first)]; give each \(item) a name of its own",
                    at: name.mark, path: field.path.appending(index: index).appending("name"))
            }
            return list.read(field, diagnostics)
        }
    }
}

extension Field {
    /// The names of the mappings in a list; nil where there is none.
    fileprivate var itemNames: [(text: String, mark: Mark)?] {
        guard case .sequence(let items) = node.content else { return [] }
        return items.map { item in
            guard case .mapping(let mapping) = item.content, let name = mapping["name"]?.value, case .scalar(let scalar) = name.content,
                !scalar.text.isEmpty
            else { return nil }
            return (scalar.text, name.mark)
        }
    }
}

extension FieldType where Value == StoppingCondition {
    static var stoppingCondition: FieldType {
        .mapping("a stopping condition") { fields in
            let name = fields.required("name", .shortLine, "What results call the condition; unique in the batch.")
            let description = fields.optional("description", .string, default: "", "Why it ends a run, for people.")
            let variable = fields.required("variable", .shortLine, "The telemetry variable that it judges.")
            let comparison = fields.required("operator", .comparison, "Which relation to the threshold is a breach.")
            let threshold = fields.required("threshold", .number(), "In the condition's units.")
            let units = fields.optional("units", .string, default: "", "What the variable must be in; a sample in other units fails the run.")
            guard let name, let variable, let comparison, let threshold else { return nil }
            return StoppingCondition(
                name: name, description: description, variable: variable, operator: comparison, threshold: threshold, units: units)
        }
    }
}

extension FieldType where Value == ComparisonOperator {
    static var comparison: FieldType {
        let spellings = [
            "<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "==": "eq", "=": "eq", "!=": "neq", "le": "lte", "ge": "gte", "ne": "neq",
        ]
        return choice(remarks: spellings.mapValues { "is not known; write \($0)" }).named("Operator")
    }
}

extension FieldType where Value == TelemetrySpec {
    static var telemetry: FieldType {
        mapping("'telemetry'") { fields in
            let rate = fields.optional(
                "sampling_rate_hz", .number(above: 0, atMost: 1e6), "At most so many samples of each variable are kept per simulated second; all if left out.")
            let variables = fields.optional(
                "variables", .list(of: .shortLine, named: "variable names"), "The variables that are kept; all if left out.")
            let storage = fields.optional("storage", .telemetryStorage, "Where telemetry and artifacts are kept, and how long.")
            let flush = fields.optional(
                "buffer_flush_interval_seconds", .number(above: 0, atMost: TimeLimits.day), "How often a running job's telemetry is sent on, in seconds.")
            return TelemetrySpec(samplingRateHz: rate, variables: variables ?? [], storage: storage, bufferFlushIntervalSeconds: flush)
        }.named("TelemetrySubmission")
    }
}

extension FieldType where Value == TelemetryCompression {
    fileprivate static var telemetryCompression: FieldType {
        let remarks = ["gzip", "deflate", "zstd", "lz4", "snappy", "brotli"].map { ($0, "is not available; use zlib or none") }
        return choice(remarks: Dictionary(uniqueKeysWithValues: remarks))
    }
}

extension FieldType where Value == TelemetryStorageSpec {
    fileprivate static var telemetryStorage: FieldType {
        .mapping("'storage'") { fields in
            let bucket = fields.optional("s3_bucket", .bucketName, "The bucket for the batch's artifacts.")
            let prefix = fields.optional("s3_prefix", .objectPrefix, "What the keys of its artifacts begin with.")
            let compression = fields.optional("compression", .telemetryCompression, "How telemetry is stored.")
            let days = fields.optional(
                "retain_days", .number(above: 0, atMost: 36_600), "After so many days the batch's telemetry and artifacts are deleted.")
            return TelemetryStorageSpec(s3Bucket: bucket, s3Prefix: prefix, compression: compression?.rawValue, retainDays: days)
        }
    }
}

extension FieldType where Value == String {
    fileprivate static var bucketName: FieldType {
        line(maximum: 63).checked(schema: ["minLength": 3]) { name in
            let isName = name.utf8.count >= 3 && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            }
            return isName ? nil : "\(Excerpt.quoted(name)) is not the name of a bucket: 3 to 63 letters, digits, '-', '.' and '_'"
        }
    }

    /// Keys have at most 1024 bytes, and what comes after needs some.
    fileprivate static var objectPrefix: FieldType {
        string.checked(schema: ["maxLength": 512]) { text in
            let parts = text.unicodeScalars.split(separator: "/").map { String($0) }
            if parts.contains(".") || parts.contains("..") { return "has a '.' or '..' as a part of its path; leave it out" }
            return text.utf8.count <= 512 ? nil : "has \(text.utf8.count) bytes; at most 512 are allowed"
        }
    }
}
