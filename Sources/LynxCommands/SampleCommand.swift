import ArgumentParser
import LynxCLI
import LynxDocument
import LynxModel
import Sampling

struct SampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample", abstract: "Print the design of a study: the parameters of its runs.",
        discussion: """
            Nothing is run. The values are those that the runs would have, on any machine. Of subset_simulation, only the first \
            level is known before its results are.

            EXAMPLES:
              lynxctl sample study.yaml
              lynxctl sample study.yaml --runs 500 --seed 42 --csv > design.csv
            """)

    @Argument(help: ArgumentHelp("The batch file (YAML).", valueName: "batch.yaml"))
    var batch: String

    @OptionGroup var changes: SubmissionOptions

    @Flag(help: "All runs as CSV, with a column for each parameter; numbers read back unchanged.")
    var csv = false

    private static let mostShown = 20

    func run() throws {
        let submission = try BatchFile.read(batch, changes)
        let config = submission.config
        guard let seed = config.monteCarlo.seed else {
            throw CLIError.badInput("\(batch) has no seed, so that each submission draws runs of its own; give --seed, or monte_carlo.seed in the file")
        }
        let sampler = Sampler(config: config, runs: submission.firstRuns, seed: seed)
        let names = sampler.parameterTypes.keys.sorted()
        csv ? printCSV(sampler, names) : printTable(sampler, names, units: config.dispersions.mapValues(\.units))
    }

    private func printCSV(_ sampler: Sampler, _ names: [String]) {
        let output = OutputStream.standard
        output.write((["run", "seed"] + names).map { CSVText.field($0) }.joined(separator: ",") + "\n")
        for run in 0..<sampler.runs {
            let values = sampler.parameters(at: run)
            output.write((["\(run)", "\(sampler.runSeed(at: run))"] + names.map { CSVText.field(values[$0]?.plainText ?? "") }).joined(separator: ",") + "\n")
        }
    }

    private func printTable(_ sampler: Sampler, _ names: [String], units: [String: String]) {
        func title(_ name: String) -> String { units[name].map { $0.isEmpty ? name : "\(name) [\($0)]" } ?? name }
        var table = TextTable(columns: [.init("run", .right)] + names.map { .init(title($0), .right) })
        let shown = min(sampler.runs, Self.mostShown)
        table.rows = (0..<shown).map { run in
            let values = sampler.parameters(at: run)
            return [.init("\(run)")] + names.map { .init(Self.shown(values[$0])) }
        }
        table.print()
        if sampler.runs > shown { OutputStream.standard.line("and \(NumberText.count(sampler.runs - shown, "more run")); --csv prints all") }
    }

    private static func shown(_ value: ParameterValue?) -> String {
        guard case .number(let number)? = value else { return value?.plainText ?? "" }
        return NumberText.significant(number)
    }
}
