/// Reads formulas by operator precedence (Pratt 1973). From the loosest: `iff`, `implies`, `or`, `and`, `until`, relations, sums,
/// products; `not`, `always` and their like take the relation or the parentheses that follow.
struct FormulaParser {
    /// Of operators within each other, those of a chain such as `a and b and c` counted too. Evaluation is recursive, on stacks
    /// that may be small.
    static let deepest = 200

    private enum Content {
        case formula(Formula)
        case term(Term)
    }

    /// What was read so far of a formula or a term.
    private struct Part {
        var content: Content
        var range: Range<Int>
        var depth = 1
    }

    private var tokenizer: Tokenizer
    private var token: Token
    private var nesting = 0

    init(_ text: String) throws(FormulaError) {
        tokenizer = Tokenizer(text)
        token = try tokenizer.next()
    }

    mutating func parse() throws(FormulaError) -> Formula {
        guard token.kind != .end else {
            throw FormulaError(at: 0, "the formula is empty", "write such as always[0,100](altitude_m > 0)")
        }
        let whole = try part(atLeast: 0)
        guard token.kind == .end else {
            let isClosing = token.kind == .symbol(.rightParenthesis)
            throw FormulaError(
                at: token.range.lowerBound, "\(describeToken()) follows a complete formula",
                isClosing ? "take it away, or open its parenthesis" : "put an operator such as 'and' between")
        }
        return try formula(whole)
    }

    private mutating func part(atLeast level: Int) throws(FormulaError) -> Part {
        nesting += 1
        defer { nesting -= 1 }
        // Besides each operator there may be a parenthesis, as there is in a printed formula.
        try check(depth: nesting / 2, at: token.range.lowerBound)
        var left = try prefixed()
        while let infix = Infix(token.kind), infix.level >= level {
            let offset = token.range.lowerBound
            try advance()
            let bounds = infix == .until ? try self.bounds() : .unbounded
            let right = try part(atLeast: infix.level + 1)
            left = Part(
                content: try combine(left, infix, bounds, right), range: left.range.lowerBound..<right.range.upperBound,
                depth: max(left.depth, right.depth) + 1)
            try check(depth: left.depth, at: offset)
            if let next = Infix(token.kind), next.level == infix.level, let remedy = infix.chainRemedy {
                let offset = token.range.lowerBound
                throw FormulaError(at: offset, "\(describeToken()) continues '\(tokenizer.excerpt(left.range))'", remedy)
            }
        }
        return left
    }

    private mutating func prefixed() throws(FormulaError) -> Part {
        let start = token
        switch start.kind {
        case .number(let value):
            try advance()
            return Part(content: .term(.number(value)), range: start.range)
        case .variable(let name):
            try advance()
            return Part(content: .term(.variable(name)), range: start.range)
        case .symbol(.leftParenthesis):
            try advance()
            var inner = try part(atLeast: 0)
            inner.range = start.range.lowerBound..<token.range.upperBound
            try expect(.rightParenthesis, "close the parenthesis with )")
            return inner
        case .symbol(.minus):
            try advance()
            if case .number(let value) = token.kind {
                let range = start.range.lowerBound..<token.range.upperBound
                try advance()
                return Part(content: .term(.number(-value)), range: range)
            }
            let operand = try part(atLeast: Infix.tightest + 1)
            return Part(
                content: .term(.negated(try term(operand))), range: start.range.lowerBound..<operand.range.upperBound,
                depth: operand.depth + 1)
        case .word(.abs), .word(.min), .word(.max): return try call()
        case .word, .symbol(.not):
            guard let prefix = Prefix(start.kind) else { break }
            try advance()
            let bounds = prefix == .not ? .unbounded : try self.bounds()
            let operand = try part(atLeast: Infix.relationLevel)
            return Part(
                content: .formula(prefix.formula(bounds, try formula(operand))),
                range: start.range.lowerBound..<operand.range.upperBound, depth: operand.depth + 1)
        case .symbol, .end: break
        }
        throw unexpected("write a variable, a number or a parenthesis")
    }

    /// `abs(x)`, `min(x, y, …)`, `max(x, y, …)`.
    private mutating func call() throws(FormulaError) -> Part {
        let start = token
        let name = tokenizer.excerpt(start.range)
        try advance()
        try expect(.leftParenthesis, "\(name) is a function, \(name)(…); a variable of that name is written \"\(name)\"")
        var arguments = [try part(atLeast: 0)]
        while token.kind == .symbol(.comma) {
            try advance()
            arguments.append(try part(atLeast: 0))
        }
        let range = start.range.lowerBound..<token.range.upperBound
        try expect(.rightParenthesis, "close the parenthesis with )")
        var whole = try term(arguments[0])
        let depth = arguments.map(\.depth).max()! + arguments.count
        try check(depth: depth, at: start.range.lowerBound)
        if start.kind == .word(.abs) {
            guard arguments.count == 1 else {
                throw FormulaError(at: start.range.lowerBound, "abs is given \(arguments.count) arguments", "write abs(x)")
            }
            return Part(content: .term(.absolute(whole)), range: range, depth: depth)
        }
        guard arguments.count > 1 else {
            throw FormulaError(at: start.range.lowerBound, "\(name) is given one argument", "write \(name)(x, y)")
        }
        for argument in arguments.dropFirst() {
            let next = try term(argument)
            whole = start.kind == .word(.min) ? .minimum(whole, next) : .maximum(whole, next)
        }
        return Part(content: .term(whole), range: range, depth: depth)
    }

    /// `[a,b]` or `[a:b]`, which may be left out.
    private mutating func bounds() throws(FormulaError) -> TimeBounds {
        guard token.kind == .symbol(.leftBracket) else { return .unbounded }
        let form = "bounds are simulated seconds, [a,b] with 0 <= a <= b, where b may be inf"
        let start = token.range.lowerBound
        try advance()
        let lower = try bound(form)
        guard token.kind == .symbol(.comma) || token.kind == .symbol(.colon) else { throw unexpected(form) }
        try advance()
        let upper = try bound(form)
        let end = token.range.upperBound
        try expect(.rightBracket, form)
        guard let bounds = TimeBounds(lower, upper) else {
            throw FormulaError(at: start, "\(tokenizer.excerpt(start..<end)) is no interval of time", form)
        }
        return bounds
    }

    private mutating func bound(_ form: String) throws(FormulaError) -> Double {
        switch token.kind {
        case .number(let value):
            try advance()
            return value
        case .word(.inf):
            try advance()
            return .infinity
        default: throw unexpected(form)
        }
    }

    private func combine(_ left: Part, _ infix: Infix, _ bounds: TimeBounds, _ right: Part) throws(FormulaError) -> Content {
        switch infix {
        case .relation(let symbol): .formula(.relation(Relation(try term(left), symbol, try term(right))))
        case .plus: .term(.sum(try term(left), try term(right)))
        case .minus: .term(.difference(try term(left), try term(right)))
        case .times: .term(.product(try term(left), try term(right)))
        case .over: .term(.quotient(try term(left), try term(right)))
        case .and: .formula(.and(try formula(left), try formula(right)))
        case .or: .formula(.or(try formula(left), try formula(right)))
        case .implies: .formula(.implies(try formula(left), try formula(right)))
        case .iff: .formula(.iff(try formula(left), try formula(right)))
        case .until: .formula(.until(try formula(left), bounds, try formula(right)))
        }
    }

    private func formula(_ part: Part) throws(FormulaError) -> Formula {
        if case .formula(let formula) = part.content { return formula }
        let (offset, text) = (part.range.lowerBound, tokenizer.excerpt(part.range))
        throw FormulaError(at: offset, "'\(text)' is a number, not a formula", "write a relation such as \(text) > 0")
    }

    private func term(_ part: Part) throws(FormulaError) -> Term {
        if case .term(let term) = part.content { return term }
        let (offset, text) = (part.range.lowerBound, tokenizer.excerpt(part.range))
        throw FormulaError(at: offset, "'\(text)' is a formula, not a number", "compare and compute with variables and numbers")
    }

    private mutating func advance() throws(FormulaError) { token = try tokenizer.next() }

    private mutating func expect(_ symbol: Symbol, _ remedy: String) throws(FormulaError) {
        guard token.kind == .symbol(symbol) else { throw unexpected(remedy) }
        try advance()
    }

    private func unexpected(_ remedy: String) -> FormulaError {
        let problem = token.kind == .end ? "the formula ends too early" : "\(describeToken()) cannot stand here"
        return FormulaError(at: token.range.lowerBound, problem, remedy)
    }

    private func describeToken() -> String { "'\(tokenizer.excerpt(token.range))'" }

    private func check(depth: Int, at offset: Int) throws(FormulaError) {
        guard depth > Self.deepest else { return }
        throw FormulaError(
            at: offset, "the formula is nested more than \(Self.deepest) deep",
            "divide it into several requirements, which hold together")
    }
}
