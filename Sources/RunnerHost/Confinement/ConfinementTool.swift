import Glibc
import Support
import Synchronization

/// Runs the programs that confine simulations, such as podman, for the runner itself: to their end, and within a time limit.
struct ConfinementTool: Sendable {
    /// Why such a program did not do what it was asked to.
    struct Failure: Error, Sendable, CustomStringConvertible {
        /// One line, the program's own where it said something.
        var message: String
        var description: String { message }
    }

    /// A folder for what the programs print, which is removed again.
    let folder: String
    private static let count = Atomic(0)

    /// The longest time that anything but the download of an image may take, in seconds.
    static let patience = 120

    /// Blocks; the calling thread has to live as long as this process.
    ///
    /// - Parameters:
    ///   - words: the absolute path of the program, and its arguments.
    ///   - isWanted: asked now and then; the program is ended once it returns false.
    /// - Returns: its standard output.
    @discardableResult
    func run(_ words: [String], seconds: Int = patience, isWanted: @Sendable () -> Bool = { true }) throws(Failure) -> String {
        let number = Self.count.add(1, ordering: .relaxed).newValue
        let output = "\(folder)/tool-\(getpid())-\(number)"
        defer {
            unlink(output)
            unlink(output + ".err")
        }
        let command: GuardedCommand
        do throws(SystemError) { command = try GuardedCommand(words, output: output) } catch { throw Failure(message: "\(error)") }
        let end = ContinuousClock.now + .seconds(seconds)
        var problem: String?
        while !command.hasEnded(within: 250) {
            if ContinuousClock.now >= end { problem = "took longer than \(seconds) s" } else if !isWanted() { problem = "was stopped" }
            guard problem != nil else { continue }
            command.kill()
            break
        }
        let exit = command.wait()
        if let problem { throw Failure(message: "\(words[0]) \(problem)") }
        guard exit.code == 0 else {
            let said = Self.lastLine(output + ".err") ?? exit.code.map { "\(words[0]) failed with exit code \($0)" }
            throw Failure(message: said ?? "\(words[0]) was ended by signal \(exit.signal)")
        }
        return String(decoding: WholeFile.read(output) ?? [], as: UTF8.self)
    }

    /// Without the marks that such programs put before a message, and its colours.
    static func lastLine(_ path: String) -> String? {
        let text = String(decoding: (WholeFile.read(path) ?? []).suffix(4096), as: UTF8.self)
            .replacing(#/\e\[[0-9;]*m/#, with: "")
        let lines = text.split(whereSeparator: \.isNewline)
        // What follows an error may be a hint at the help.
        guard var line = lines.last(where: { $0.hasPrefix("Error: ") }) ?? lines.last(where: { $0.contains { !$0.isWhitespace } }) else { return nil }
        if let mark = line.prefixMatch(of: #/(Error|FATAL *|ERROR *): +/#) { line = line[mark.range.upperBound...] }
        return String(line.filter { $0 != "\u{1B}" }.prefix(400))
    }
}
