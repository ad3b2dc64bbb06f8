extension FieldType {
    /// One of several types, told apart by what stands there: a single value, a list or a mapping.
    package static func alternatives(
        _ expectation: String, scalar: FieldType? = nil, list: FieldType? = nil, mapping: FieldType? = nil
    ) -> FieldType {
        let types = [scalar, list, mapping].compactMap(\.self)
        return FieldType(expectation, schema: { parts in ["anyOf": .array(types.map { $0.schema(parts) })] }) {
            field, diagnostics in
            let type =
                switch field.node.content {
                case .scalar: field.node.isNull ? nil : scalar
                case .sequence: list
                case .mapping: mapping
                }
            guard let type else {
                field.mismatch(expectation, diagnostics)
                return nil
            }
            return type.read(field, diagnostics)
        }
    }
}
