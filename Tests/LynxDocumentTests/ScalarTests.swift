import LynxDocument
import Testing

@Suite("Plain scalars")
struct ScalarTests {
    @Test(
        "Unquoted scalars have the types of YAML's core schema",
        arguments: [
            ("", .null), ("~", .null), ("null", .null), ("true", .bool(true)), ("False", .bool(false)), ("yes", .string("yes")),
            ("0", .integer(0)), ("-17", .integer(-17)), ("+3", .integer(3)), ("18446744073709551615", .integer(18_446_744_073_709_551_615)),
            ("0x1F", .integer(31)), ("0o17", .integer(15)), ("1e-3", .number(0.001)), ("1E3", .number(1000)), ("-.5", .number(-0.5)),
            ("5.", .number(5)), ("6.95e+6", .number(6_950_000)), (".inf", .nonFinite), ("-.INF", .nonFinite), (".nan", .nonFinite),
            ("1e999", .nonFinite), ("0123", .leadingZero), ("-007.5", .leadingZero), ("6_950_000", .grouped("6950000")),
            ("6,950,000", .grouped("6950000")), ("7 000", .grouped("7000")), ("1.2.3", .string("1.2.3")), ("1e", .string("1e")),
            (".", .string(".")), ("-", .string("-")), ("0x", .string("0x")), ("0x-5", .string("0x-5")), ("0o+7", .string("0o+7")),
            ("0o8", .string("0o8")), ("nan", .string("nan")), ("0x1p3", .string("0x1p3")),
            ("12 km", .string("12 km")), ("2026-01-31", .string("2026-01-31")), ("١٢", .string("١٢")),
        ] as [(String, ResolvedScalar)])
    func resolves(text: String, meaning: ResolvedScalar) {
        #expect(Scalar(text, style: .plain).resolved == meaning)
    }

    @Test("A quoted scalar is a string, whatever it says", arguments: ["", "null", "true", "17", ".nan", "6_950_000"])
    func quoted(text: String) {
        #expect(Scalar(text, style: .quoted).resolved == .string(text))
    }

    @Test(
        "A slip of the finger finds the name that was meant",
        arguments: [
            ("samplng_method", "sampling_method"), ("samplingMethod", "sampling_method"), ("sampling-method", "sampling_method"),
            ("rusn", "runs"), ("sead", "seed"), ("SEED", "seed"), ("max_retry", nil), ("x", nil), ("", nil),
            (String(repeating: "s", count: 100_000), nil),
        ] as [(String, String?)])
    func suggestion(word: String, expected: String?) {
        #expect(Suggestion.closest(to: word, among: ["runs", "sampling_method", "seed"]) == expected)
    }
}
