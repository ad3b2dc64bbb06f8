import LynxModel

extension RunnerOffer {
    /// - Throws: a `Problem` that names what can't be kept with a runner; a 403 refusal of what the runner has not declared when it
    ///   was enrolled.
    func check(for caller: Caller) throws {
        guard scenarios.count <= Self.most else { throw Problem.invalid("offer.scenarios", "may have at most \(Self.most) entries") }
        let lists = [
            ("offer.bundle_types", bundleTypes), ("offer.scenario_only", scenarioOnly), ("offer.container_engines", containerEngines ?? []),
        ]
        for (field, types) in lists {
            guard types.count <= Self.most else { throw Problem.invalid(field, "may have at most \(Self.most) entries") }
            if let wrong = types.firstIndex(where: { !Self.isName($0) }) { throw Problem.invalid("\(field)[\(wrong)]", Self.nameRule) }
        }
        for (index, scenario) in scenarios.enumerated() {
            let field = "offer.scenarios[\(index)]"
            for (name, text) in [("name", scenario.name), ("engine", scenario.engine)] where !Self.isName(text) {
                throw Problem.invalid("\(field).\(name)", Self.nameRule)
            }
            if let hash = scenario.sha256, !BundleManifest.isHash(hash) {
                throw Problem.invalid("\(field).sha256", "must be 64 lower-case hexadecimal digits")
            }
            for (name, text) in [("trouble", scenario.trouble), ("needs_image", scenario.needsImage)] where text?.utf8.count ?? 0 > 4096 {
                throw Problem.invalid("\(field).\(name)", "may have at most 4096 bytes")
            }
        }
        try caller.check(engines: scenarios.map(\.engine) + bundleTypes)
    }

    private static let nameRule = "must have 1 to 64 of letters, digits, '_', '-' and '.'"

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "_-.".utf8.contains(byte)
            }
    }
}
