extension FieldType where Value == EarlyTerminationSpec {
    static var earlyTermination: FieldType {
        .mapping("'early_termination'") { fields in
            let enabled = fields.optional("enabled", .bool)
            let frequency = fields.optional("check_frequency_hz", .number(atLeast: 0, atMost: 1e6))
            let conditions = fields.optional("conditions", .stoppingConditions)
            return EarlyTerminationSpec(enabled: enabled ?? false, checkFrequencyHz: frequency ?? 0, conditions: conditions ?? [])
        }
    }
}

extension FieldType where Value == [StoppingCondition] {
    /// Conditions have unique names: a result says which one fired.
    fileprivate static var stoppingConditions: FieldType {
        let list: FieldType<[StoppingCondition]> = .list(of: .stoppingCondition, named: "stopping conditions")
        return FieldType(list.expectation) { field, diagnostics in
            // Before the list itself, because conditions with other mistakes have names too.
            let names = field.conditionNames
            for (index, name) in names.enumerated() {
                guard let name, let first = names.firstIndex(where: { $0?.text == name.text }), first < index else { continue }
                diagnostics.report(
                    "\(Excerpt.quoted(name.text)) already names conditions[\(first)]; give each condition a name of its own",
                    at: name.mark, path: field.path.appending(index: index).appending("name"))
            }
            return list.read(field, diagnostics)
        }
    }
}

extension Field {
    fileprivate var conditionNames: [(text: String, mark: Mark)?] {
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
            let name = fields.required("name", .line())
            let description = fields.optional("description", .string)
            let variable = fields.required("variable", .line())
            let comparison = fields.required("operator", .comparison)
            let threshold = fields.required("threshold", .number())
            let units = fields.optional("units", .string)
            guard let name, let variable, let comparison, let threshold else { return nil }
            return StoppingCondition(
                name: name, description: description ?? "", variable: variable, operator: comparison, threshold: threshold, units: units ?? "")
        }
    }
}

extension FieldType where Value == ComparisonOperator {
    fileprivate static var comparison: FieldType {
        let spellings = [
            "<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "==": "eq", "=": "eq", "!=": "neq", "le": "lte", "ge": "gte", "ne": "neq",
        ]
        return .choice(remarks: spellings.mapValues { "is not known; write \($0)" })
    }
}

extension FieldType where Value == TelemetrySpec {
    static var telemetry: FieldType {
        .mapping("'telemetry'") { fields in
            let rate = fields.optional("sampling_rate_hz", .number(above: 0, atMost: 1e6))
            let variables = fields.optional("variables", .list(of: .line(), named: "variable names"))
            let storage = fields.optional("storage", .telemetryStorage)
            let flush = fields.optional("buffer_flush_interval_seconds", .number(above: 0, atMost: TimeLimits.day))
            return TelemetrySpec(samplingRateHz: rate, variables: variables ?? [], storage: storage, bufferFlushIntervalSeconds: flush)
        }
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
            let bucket = fields.optional("s3_bucket", .bucketName)
            let prefix = fields.optional("s3_prefix", .objectPrefix)
            let compression = fields.optional("compression", .telemetryCompression)
            let days = fields.optional("retain_days", .number(above: 0, atMost: 36_600))
            return TelemetryStorageSpec(s3Bucket: bucket, s3Prefix: prefix, compression: compression?.rawValue, retainDays: days)
        }
    }
}

extension FieldType where Value == String {
    fileprivate static var bucketName: FieldType {
        line(maximum: 63).checked { name in
            let isName = name.utf8.count >= 3 && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            }
            return isName ? nil : "\(Excerpt.quoted(name)) is not the name of a bucket: 3 to 63 letters, digits, '-', '.' and '_'"
        }
    }

    /// Keys have at most 1024 bytes, and what comes after needs some.
    fileprivate static var objectPrefix: FieldType {
        string.checked { text in
            let parts = text.unicodeScalars.split(separator: "/").map { String($0) }
            if parts.contains(".") || parts.contains("..") { return "has a '.' or '..' as a part of its path; leave it out" }
            return text.utf8.count <= 512 ? nil : "has \(text.utf8.count) bytes; at most 512 are allowed"
        }
    }
}
