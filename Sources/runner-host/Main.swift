import ArgumentParser
import Glibc
import RunnerHost

@main
struct Main {
    static func main() async {
        openStandardStreams()
        RunnerProcess.prepareLastWords()
        // Whoever started this process may ignore it, and then the kernel reaps children before they are waited for.
        signal(SIGCHLD, SIG_DFL)
        // A peer that went away shows as EPIPE where it is written to.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try await RunnerHostCommand.asyncParseAsRoot(ConfigurationFlags.given.rest)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            let code = RunnerHostCommand.exitCode(for: error)
            let message = RunnerHostCommand.fullMessage(for: error)
            if !message.isEmpty { say(message, on: code.isSuccess ? STDOUT_FILENO : STDERR_FILENO) }
            // The parser's own code for a wrong command line is 64 (EX_USAGE).
            exit(code == .validationFailure ? 2 : code.rawValue)
        }
    }

    /// A process may be started with these closed. Sockets and files that took their numbers would get what is logged.
    private static func openStandardStreams() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is this one.
            _ = open("/dev/null", O_RDWR)
        }
    }
}
