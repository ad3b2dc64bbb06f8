import Testing
@testable import TemporalLogic

@Suite("Formulas from text")
struct FormulaParserTests {
    @Test("Operators bind as documented, and have short forms", arguments: [
        ("always[0,100](ball.speed_m_s < 29)", "always[0,100](ball.speed_m_s < 29)"),
        ("eventually[0:600](abs(att.error_deg) <= 0.5)", "eventually[0,600](abs(att.error_deg) <= 0.5)"),
        ("(mode >= 2) until[0,50] (orbit.radius_km > 6900)", "(mode >= 2) until[0,50] (orbit.radius_km > 6900)"),
        ("always((temp_c > 80) implies eventually[0,30](temp_c < 70))",
         "always((temp_c > 80) implies eventually[0,30](temp_c < 70))"),
        ("a>0 and b>0 or c>0 and d>0", "((a > 0) and (b > 0)) or ((c > 0) and (d > 0))"),
        ("a>0 or b>0 implies c>0 iff d>0", "(((a > 0) or (b > 0)) implies (c > 0)) iff (d > 0)"),
        ("a>0 until b>0 and c>0", "((a > 0) until (b > 0)) and (c > 0)"),
        ("not a>0 and b>0", "not(a > 0) and (b > 0)"), ("always a>0 until b>0", "always(a > 0) until (b > 0)"),
        ("!a>0&&G[1,2]b>0||F c>0->a>0 U[0,inf]b>0",
         "((not(a > 0) and always[1,2](b > 0)) or eventually(c > 0)) implies ((a > 0) until (b > 0))"),
        ("a>0<->b>0", "(a > 0) iff (b > 0)"),
        ("once[0.5 , inf] historically\n[1:2]\ta != 0", "once[0.5,inf](historically[1,2](a != 0))"),
        ("a>0 and b>0 and c>0", "(a > 0) and (b > 0) and (c > 0)"),
        ("a>0 and (b>0 and c>0)", "(a > 0) and ((b > 0) and (c > 0))"),
        ("a + b*2 - c/4/d > -e - -3", "a + b * 2 - c / 4 / d > -e - -3"),
        ("(a + b)*(2 - (c - d)) < -(a + b)", "(a + b) * (2 - (c - d)) < -(a + b)"),
        ("min(a,b,c) == max(a, -1e-3)", "min(min(a, b), c) == max(a, -0.001)"), ("((((a)) > (0)))", "a > 0"),
        (".5 < 1. and 1e3<2.5E+2 and 1e-7 <= x1._y.2", "(0.5 < 1) and (1000 < 250) and (1e-07 <= x1._y.2)"),
        ("\"wheel[0].speed\" > \"F\" and \"a.b\" > \"q\\\"\\\\\"", "(\"wheel[0].speed\" > \"F\") and (a.b > \"q\\\"\\\\\")"),
        ("always[0,0](x<-3)", "always[0,0](x < -3)"), ("always[0,inf](x>0)", "always(x > 0)"), ("x>2e", nil),
        ("9007199254740993 > -0", "9007199254740992 > -0"),
    ] as [(String, String?)])
    func texts(text: String, printed: String?) throws {
        guard let printed else {
            #expect(throws: FormulaError.self) { try Formula(text) }
            return
        }
        let formula = try Formula(text)
        #expect(formula.description == printed)
        #expect(try Formula(printed) == formula)
    }

    @Test("Formulas and terms are read again from what they are printed as", arguments: 0..<20)
    func roundTrip(seed: UInt64) throws {
        var random = RandomFormulas(seed: seed)
        for number in 0..<50 {
            let relation = Relation(random.term(depth: 4), .lessOrEqual, random.term(depth: 2))
            let formula = Formula.iff(random.formula(depth: 1 + number % 6), .not(.relation(relation)))
            #expect(try Formula(formula.description) == formula)
        }
    }

    @Test("Any name can be read", arguments: [
        "a", "_", "a.b.2", "a..b", ".a", "a.", "2a", "G", "inf", "not", "", "é", "a b", "\"", "\\", "a\"\\b\n", "x[1]", "nicht",
    ])
    func names(name: String) throws {
        let formula = Formula.relation(Relation(.variable(name), .greater, .number(0)))
        if name.isEmpty {
            #expect(throws: FormulaError.self) { try Formula(formula.description) }
        } else {
            #expect(try Formula(formula.description) == formula)
            #expect(formula.description.hasPrefix("\"") == !["a", "_", "a.b.2", "nicht"].contains(name))
        }
    }

    @Test("A long formula is read, a deep one is refused", arguments: [
        (String(repeating: "(", count: 190) + "x > 0" + String(repeating: ")", count: 190), true),
        (String(repeating: "(", count: 100_000) + "x > 0", false), (String(repeating: "not ", count: 190) + "x > 0", true),
        (String(repeating: "!", count: 100_000) + "x > 0", false), (String(repeating: "-", count: 100_000) + "x > 0", false),
        (String(repeating: "x > 0 and ", count: 190) + "x > 0", true),
        (String(repeating: "x > 0 and ", count: 100_000) + "x > 0", false),
        ("x > 0" + String(repeating: "+x", count: 100_000), false),
        ("min(" + String(repeating: "x,", count: 100_000) + "x) > 0", false),
        (String(repeating: "G", count: 100_000) + " > 0", true),
    ])
    func deep(text: String, isRead: Bool) throws {
        if isRead {
            let formula = try Formula(text)
            #expect(try Formula(formula.description) == formula)
            #expect(try formula.robustness(on: [formula.variables[0]: Signal(times: [0], values: [1])]).magnitude == 1)
        } else {
            let error = #expect(throws: FormulaError.self) { try Formula(text) }
            #expect(error?.problem == "the formula is nested more than 200 deep")
        }
    }
}
