import TemporalLogic
import Testing

@Suite("Texts that are no formula")
struct FormulaErrorTests {
    private static let form = "bounds are simulated seconds, [a,b] with 0 <= a <= b, where b may be inf"

    @Test("An error says where, what is wrong and what would be right", arguments: [
        ("", "character 1: the formula is empty; write such as always[0,100](altitude_m > 0)"),
        ("  \n", "character 1: the formula is empty; write such as always[0,100](altitude_m > 0)"),
        ("mode", "character 1: 'mode' is a number, not a formula; write a relation such as mode > 0"),
        ("x > 0 and y + 1", "character 11: 'y + 1' is a number, not a formula; write a relation such as y + 1 > 0"),
        ("always[0,1](x)", "character 12: '(x)' is a number, not a formula; write a relation such as (x) > 0"),
        ("(x > 0) + 1 > 2", "character 1: '(x > 0)' is a formula, not a number; compare and compute with variables and numbers"),
        ("abs(x > 0) > 1", "character 5: 'x > 0' is a formula, not a number; compare and compute with variables and numbers"),
        ("x > ", "character 5: the formula ends too early; write a variable, a number or a parenthesis"),
        ("x > and", "character 5: 'and' cannot stand here; write a variable, a number or a parenthesis"),
        ("(x > 0", "character 7: the formula ends too early; close the parenthesis with )"),
        ("(x > 0]", "character 7: ']' cannot stand here; close the parenthesis with )"),
        ("x > 0)", "character 6: ')' follows a complete formula; take it away, or open its parenthesis"),
        ("x > 0 y > 0", "character 7: 'y' follows a complete formula; put an operator such as 'and' between"),
        ("0 < x < 5", "character 7: '<' continues '0 < x'; write two relations, such as 0 < x and x < 1"),
        ("a>0 implies b>0 implies c>0",
         "character 17: 'implies' continues 'a>0 implies b>0'; which of the two comes first? put it in parentheses"),
        ("a>0 until b>0 U c>0",
         "character 15: 'U' continues 'a>0 until b>0'; which of the two comes first? put it in parentheses"),
        ("x = 3", "character 3: '=' means nothing here; equality is written =="),
        ("x > 0 & y > 0", "character 7: '&' means nothing here; conjunction is written && or and"),
        ("x > 0 | y > 0", "character 7: '|' means nothing here; disjunction is written || or or"),
        ("x > 3;", "character 6: ';' means nothing here; unusual names stand in double quotes, such as \"wheel[0].speed\""),
        ("x > 3\u{1B}", "character 6: ' ' means nothing here; unusual names stand in double quotes, such as \"wheel[0].speed\""),
        ("é > 3", "character 1: 'é' means nothing here; unusual names stand in double quotes, such as \"wheel[0].speed\""),
        ("'x' > 3", "character 1: ''' means nothing here; unusual names stand in double quotes, such as \"wheel[0].speed\""),
        ("\"x > 3", "character 1: a quoted name has no end; close it with \""),
        ("\"\" > 3", "character 1: a variable's name is empty; write such as \"wheel[0].speed\""),
        ("\"a\\n\" > 3", "character 3: a single \\ stands in a quoted name; write \\\\ for a backslash and \\\" for a quote"),
        ("x. > 3", "character 2: nothing follows a dot in a variable's name; write such as ball.speed_m_s"),
        ("x..y > 3", "character 2: nothing follows a dot in a variable's name; write such as ball.speed_m_s"),
        ("x > 30s", "character 7: the number 30 runs into something else; numbers have no unit, and times are simulated seconds"),
        ("x > 1.2.3",
         "character 8: the number 1.2 runs into something else; numbers have no unit, and times are simulated seconds"),
        ("x > 1e999", "character 5: 1e999 is beyond all numbers of double precision; write a number below 1.8e308"),
        ("max > 3", "character 5: '>' cannot stand here; max is a function, max(…); a variable of that name is written \"max\""),
        ("min(x) > 3", "character 1: min is given one argument; write min(x, y)"),
        ("abs(x, y) > 3", "character 1: abs is given 2 arguments; write abs(x)"),
        ("always[5,1](x > 0)", "character 7: [5,1] is no interval of time; \(form)"),
        ("always[inf,inf](x > 0)", "character 7: [inf,inf] is no interval of time; \(form)"),
        ("always[-1,1](x > 0)", "character 8: '-' cannot stand here; \(form)"),
        ("always[0](x > 0)", "character 9: ']' cannot stand here; \(form)"),
        ("always[0,1)(x > 0)", "character 11: ')' cannot stand here; \(form)"),
        ("always[0,30 s](x > 0)", "character 13: 's' cannot stand here; \(form)"),
        ("always[0,", "character 10: the formula ends too early; \(form)"),
        ("not[0,1](x > 0)", "character 4: '[' cannot stand here; write a variable, a number or a parenthesis"),
        ("F > 3", "character 3: '>' cannot stand here; write a variable, a number or a parenthesis"),
    ])
    func messages(text: String, message: String) throws {
        let error = try #require(throws: FormulaError.self) { try Formula(text) }
        #expect(error.description == message)
        #expect((0...text.utf8.count).contains(error.offset))
    }

    @Test("A message is one short line, whatever the text holds")
    func oneLine() throws {
        let text = "x\n+\n" + String(repeating: "y\n+ ", count: 50) + "1"
        let error = try #require(throws: FormulaError.self) { try Formula(text) }
        #expect(!error.description.contains(where: \.isNewline) && error.description.count < 200)
    }
}
