import ArgumentParser
import FoundationEssentials
import LynxModel
import Sampling

/// Draws all samples of a study, and times it.
///
/// Prints one JSON object: how many numbers were drawn, the seconds they took, and the mean of each parameter.
@main
struct SampleDraw: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lynx-sample", abstract: "Draw all samples of a study, and time it.")

    @Argument(help: ArgumentHelp("The batch file (YAML).", valueName: "batch.yaml"))
    var batch: String

    @Option(help: "How many runs.")
    var runs = 1_000_000

    private struct Answer: Encodable {
        var numbers = 0
        var seconds = 0.0
        var means: [String: Double] = [:]
    }

    func validate() throws {
        guard runs >= 1 else { throw ValidationError("--runs \(runs) is too small; give 1 or more.") }
    }

    func run() throws {
        let config = try BatchSubmission.read(yamlFile: batch).config
        var answer = Answer()
        var columns: [String: [Double]] = [:]
        let began = ContinuousClock.now
        let sampler = Sampler(config: config, runs: runs, seed: 1)
        for name in config.dispersions.keys { columns[name] = sampler.numbers(of: name, in: 0..<runs) }
        answer.seconds = (ContinuousClock.now - began) / .seconds(1)
        answer.numbers = columns.values.reduce(0) { $0 + $1.count }
        answer.means = columns.mapValues { $0.reduce(0, +) / Double(runs) }
        print(String(decoding: try WireJSON.encode(answer), as: UTF8.self))
    }
}
