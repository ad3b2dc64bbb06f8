import ArgumentParser
import LynxCLI

/// How long a command that stays with a batch puts up with a control plane that is away.
package struct PatienceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("While waiting: give up once the control plane has been away for so many seconds at a time.", valueName: "seconds"))
    var maxOutage = 900.0

    package init() {}

    package var limit: Duration { .seconds(maxOutage) }

    package func validate() throws {
        if !(0...1e9).contains(maxOutage) { throw ValidationError("--max-outage \(maxOutage) is no time to wait: give 0 or more seconds.") }
    }
}
