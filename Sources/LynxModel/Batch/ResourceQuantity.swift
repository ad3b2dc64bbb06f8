/// Amounts as Kubernetes writes them (its documentation, "Resource Management for Pods and Containers"), and with a
/// `B` at their end as people do.
public enum ResourceQuantity {
    /// CPU cores: `2`, `0.5`, `500m`. Nil for anything else.
    public static func cores(_ text: String) -> Double? {
        text.hasSuffix("m") ? number(text.dropLast()).map { $0 / 1000 } : number(text[...])
    }

    /// Memory in gigabytes of 10⁹ bytes: `4Gi`, `8GB`, `512M`, `2000000000`. Nil for anything else.
    public static func gigabytes(_ text: String) -> Double? {
        let hasB = text.hasSuffix("B")
        let body = hasB ? text.dropLast() : text[...]
        let digits = body.prefix { $0.isNumber || $0 == "." }
        guard let factor = factors[String(body.dropFirst(digits.count))], let amount = number(digits) else { return nil }
        return amount * factor / 1e9
    }

    private static let factors: [String: Double] = [
        "": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "Ki": 0x1p10, "Mi": 0x1p20, "Gi": 0x1p30, "Ti": 0x1p40,
        "Pi": 0x1p50,
    ]

    private static func number(_ text: Substring) -> Double? {
        guard text.utf8.first.map({ ($0 >= 48 && $0 <= 57) || $0 == 46 }) == true, text.utf8.allSatisfy({ ($0 >= 48 && $0 <= 57) || $0 == 46 }),
            let value = Double(text), value.isFinite
        else { return nil }
        return value
    }
}
