import EngineCheck
import Glibc

/// `check-engine --fuzz` and `--reproduce`.
struct FuzzCommand {
    let run: CheckRun
    let engine: CheckedEngine?
    /// What is checked: the words of the command line, without the flags for random calls.
    let arguments: [String]
    let jobs: Int

    /// The seconds of a duration such as `10m`; nil if it is none.
    static func seconds(_ text: String) -> Double? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        guard let unit = text.last.flatMap({ units[$0] }), let number = Double(text.dropLast()), number > 0, number * unit <= 7 * 86400
        else { return nil }
        return number * unit
    }

    /// - Returns: the exit code.
    func run(seconds: Double, seed: UInt64) throws -> Int32 {
        say("random calls for \(seconds) s, --seed \(seed)", on: STDOUT_FILENO)
        let (ran, failed) = try FuzzRun(run, of: engine).sequences(from: seed, seconds: seconds, jobs: jobs) { show($0) }
        say("\(ran) sequences, \(failed) failed", on: STDOUT_FILENO)
        return run.isInterrupted ? 130 : failed > 0 ? 1 : 0
    }

    /// - Returns: the exit code.
    func repeatOne(_ seed: UInt64) throws -> Int32 {
        guard let failure = try FuzzRun(run, of: engine).repeated(seed) else {
            say(run.isInterrupted ? "interrupted" : "the sequence did not fail", on: STDOUT_FILENO)
            return run.isInterrupted ? 130 : 0
        }
        show(failure)
        return 1
    }

    /// A word as a shell takes it.
    private static func quoted(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "-_./=:@%+,".utf8.contains(byte)
            }
        }
        return isPlain ? word : "'\(word.replacing("'", with: #"'\''"#))'"
    }

    private func show(_ failure: FuzzRun.Failure) {
        say("FAILED   \(failure.message)", on: STDOUT_FILENO)
        for step in failure.steps { say("           \(step)", on: STDOUT_FILENO) }
        let words = [CommandLine.arguments[0], CheckEngineCommand.name] + arguments + ["--reproduce", "\(failure.seed)"]
        say("         \(words.map(Self.quoted).joined(separator: " "))", on: STDOUT_FILENO)
    }
}
