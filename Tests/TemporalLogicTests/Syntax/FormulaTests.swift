import TemporalLogic
import Testing

@Suite("Formulas as values")
struct FormulaTests {
    @Test("Variables are listed once each, in the order in which they appear")
    func variables() throws {
        let text = "always(b.x + abs(a) > min(c, 1)) and (a > 0 until not(d < -b.x / 2)) or once(c > 0 iff e == 1)"
        let formula = try Formula(text)
        #expect(formula.variables == ["b.x", "a", "c", "d", "e"])
        #expect(try Formula("1 < 2").variables == [])
    }

    @Test("The horizon is how far the formula looks ahead", arguments: [
        ("x > 0", 0), ("always[1,10](x > 0)", 10), ("always(x > 0)", .infinity),
        ("always[0,10](eventually[2,5](x > 0) or x < 0)", 15),
        ("(x > 0) until[0,3] (always[0,4](x > 1))", 7), ("eventually[0,10](once[4,inf](x > 0))", 10),
        ("once[4,5](always[0,10](x > 0))", 6),
        ("historically[4,5](x > 0)", 0), ("not(x > 0 implies always[0,2](x > 1)) iff x > 3", 2),
    ])
    func horizon(text: String, seconds: Double) throws {
        #expect(try Formula(text).horizon == seconds)
    }

    @Test("Bounds are an interval that does not begin before now", arguments: [
        (0, 0, true), (0, 5, true), (2.5, .infinity, true), (-1, 5, false), (5, 4, false), (.infinity, .infinity, false),
        (.nan, 1, false), (0, .nan, false),
    ])
    func bounds(lower: Double, upper: Double, areBounds: Bool) {
        let bounds = TimeBounds(lower, upper)
        #expect((bounds != nil) == areBounds)
        if let bounds { #expect(bounds.lower == lower && bounds.upper == upper) }
        #expect(TimeBounds(-0.0, 1)?.description == "[0,1]")
    }
}
