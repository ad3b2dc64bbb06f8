import Testing

@testable import TelemetryServer

@Suite("The table of variables")
struct VariableTableTests {
    @Test("Variables are told apart by name and units, and numbered as they come")
    func interning() throws {
        var table = VariableTable(limits: TelemetryLimits())
        let radius = try table.variable(name: "radius", units: "km")
        #expect((radius.index, radius.name, radius.units) == (0, "radius", "km"))
        #expect(try table.variable(name: "radius", units: "m").index == 1)
        #expect(try table.variable(name: "radiuskm", units: "").index == 2)
        #expect(try table.variable(name: "radius", units: "km") === radius)
        #expect(table.count == 3)
    }

    @Test("Thousands of variables are each found again")
    func many() throws {
        var table = VariableTable(limits: TelemetryLimits())
        for round in 0..<2 {
            for index in 0..<5_000 {
                let variable = try table.variable(name: "variable.\(index)", units: "u\(index % 3)")
                #expect(variable.index == index, "round \(round)")
            }
        }
    }

    @Test("Variables are found whether or not they come in the order of the time before")
    func order() throws {
        var table = VariableTable(limits: TelemetryLimits())
        let names = (0..<7).map { "variable.\($0)" }
        for name in names { _ = try table.variable(name: name, units: "m") }
        for round in 0..<200 {
            // Most rounds in the usual order, as simulations have it.
            for (index, name) in round % 3 == 0 ? names.enumerated().shuffled() : Array(names.enumerated()) {
                #expect(try table.variable(name: name, units: "m").index == index)
            }
        }
        #expect(table.count == 7)
        // As long as the expected one, and with the same beginning.
        #expect(try table.variable(name: "variable.7", units: "m").index == 7)
        #expect(try table.variable(name: "variable.7", units: "km").index == 8)
    }

    @Test("A full table still knows its own")
    func full() throws {
        var limits = TelemetryLimits()
        limits.maxVariables = 2
        var table = VariableTable(limits: limits)
        _ = try table.variable(name: "a", units: "")
        _ = try table.variable(name: "b", units: "")
        #expect { _ = try table.variable(name: "c", units: "") } throws: {
            if case .full? = $0 as? VariableTable.Failure { true } else { false }
        }
        #expect(try table.variable(name: "b", units: "").index == 1)
    }

    @Test("Names and units have limits in bytes, and are UTF-8")
    func invalid() throws {
        var table = VariableTable(limits: TelemetryLimits())
        let longest = String(repeating: "ü", count: 128)
        #expect(try table.variable(name: longest, units: "µm").name == longest)
        let reasons = [
            (longest + "x", "", "the name has more than 256 bytes"),
            ("a", String(repeating: "u", count: 65), "the units have more than 64 bytes"),
            ("", "m", "the name is empty"),
        ]
        for (name, units, reason) in reasons {
            #expect { _ = try table.variable(name: name, units: units) } throws: {
                if case .refused(reason)? = $0 as? VariableTable.Failure { true } else { false }
            }
        }
        let broken: [CChar] = [-61, 40, 0]
        #expect(throws: VariableTable.Failure.self) { _ = try table.variable(name: "a", units: broken) }
    }
}
