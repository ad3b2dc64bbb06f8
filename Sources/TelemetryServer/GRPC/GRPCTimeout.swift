/// The `grpc-timeout` header: one to eight digits and a unit.
enum GRPCTimeout {
    /// Nanoseconds, or nil when the text isn't a timeout. Times beyond UInt64 are its largest value.
    static func nanoseconds(_ text: some BidirectionalCollection<UInt8>) -> UInt64? {
        guard let unit = text.last, let scale = scale(of: unit) else { return nil }
        let digits = text.dropLast()
        guard (1...8).contains(digits.count) else { return nil }
        var amount: UInt64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            amount = amount * 10 + UInt64(digit - UInt8(ascii: "0"))
        }
        let (product, overflow) = amount.multipliedReportingOverflow(by: scale)
        return overflow ? .max : product
    }

    private static func scale(of unit: UInt8) -> UInt64? {
        switch unit {
        case UInt8(ascii: "H"): 3_600_000_000_000
        case UInt8(ascii: "M"): 60_000_000_000
        case UInt8(ascii: "S"): 1_000_000_000
        case UInt8(ascii: "m"): 1_000_000
        case UInt8(ascii: "u"): 1_000
        case UInt8(ascii: "n"): 1
        default: nil
        }
    }
}
