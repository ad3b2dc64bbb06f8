import Glibc
import LynxCLI
import Testing

@Suite("The life of a study")
struct StudyMachineTests {
    private typealias Action = StudyMachine.Action

    @Test("It begins when the runner is there and ends when the runner has")
    func ordinary() {
        var machine = StudyMachine()
        #expect(machine.handle(.registered) == [.begin])
        #expect(machine.handle(.progressed(finished: 3)) == [])
        #expect(machine.handle(.batchEnded) == [.terminateRunner, .startGrace])
        #expect(machine.handle(.runnerExited(.code(0))) == [.lookAgain])
        #expect(machine.handle(.looked(isOver: true)) == [.conclude(.finished)])
        #expect(machine.handle(.interrupted(SIGINT)) == [])
    }

    @Test("A batch whose results were taken back at the end goes on, with a new runner, as often as that happens")
    func reopened() {
        var machine = working()
        for round in 1...3 {
            #expect(machine.handle(.batchEnded) == [.terminateRunner, .startGrace])
            #expect(machine.handle(.runnerExited(.code(0))) == [.lookAgain])
            #expect(machine.handle(.looked(isOver: false)) == [.goOn, .startRunner])
            // The time that the runner before had to end is not this one's.
            if round == 1 { #expect(machine.handle(.graceExpired) == []) }
            #expect(machine.handle(.progressed(finished: 5 + round)) == [])
        }
        #expect(machine.handle(.batchEnded) == [.terminateRunner, .startGrace])
        #expect(machine.handle(.graceExpired) == [])
        #expect(machine.handle(.graceExpired) == [])
        #expect(machine.handle(.graceExpired) == [.killRunner])
        #expect(machine.handle(.runnerExited(.signal(SIGKILL))) == [.lookAgain])
        #expect(machine.handle(.looked(isOver: true)) == [.conclude(.finished)])
    }

    @Test("A signal or a failure while it is looked whether the batch has ended ends the study")
    func interruptedLook() {
        let error = CLIError("the disk is full", exitCode: 3)
        for (event, conclusion) in [
            (StudyMachine.Event.interrupted(SIGINT), StudyMachine.Conclusion.interrupted(SIGINT)), (.failed(error), .failed(error)),
        ] {
            var machine = working()
            _ = machine.handle(.batchEnded)
            #expect(machine.handle(.runnerExited(.code(0))) == [.lookAgain])
            #expect(machine.handle(event) == [.conclude(conclusion)])
            #expect(machine.handle(.looked(isOver: false)) == [])
        }
    }

    @Test("A runner that ends before it has registered ends the study")
    func refused() {
        var machine = StudyMachine()
        #expect(machine.handle(.runnerExited(.code(2))) == [.conclude(.runnerRefused(.code(2)))])
    }

    @Test("A runner that dies is started again, but not without end")
    func restarts() {
        var machine = working()
        for number in 1...StudyMachine.mostRestarts {
            #expect(machine.handle(.runnerExited(.signal(SIGKILL))) == [.scheduleRestart(number: number, exit: .signal(SIGKILL))])
            #expect(machine.handle(.restartDue) == [.startRunner])
        }
        #expect(machine.handle(.runnerExited(.signal(SIGSEGV))) == [.conclude(.runnerKeepsDying(.signal(SIGSEGV)))])
    }

    @Test("A job that ends in between gives the runner its chances back")
    func chances() {
        var machine = working()
        for finished in 1...20 {
            #expect(machine.handle(.runnerExited(.signal(SIGKILL))) == [.scheduleRestart(number: 1, exit: .signal(SIGKILL))])
            #expect(machine.handle(.restartDue) == [.startRunner])
            #expect(machine.handle(.progressed(finished: finished)) == [])
        }
    }

    @Test("The first signal drains, the second stops, the third kills")
    func signals() {
        var machine = working()
        #expect(machine.handle(.interrupted(SIGINT)) == [.sayDraining, .terminateRunner])
        #expect(machine.handle(.batchEnded) == [])
        #expect(machine.handle(.interrupted(SIGTERM)) == [.sayStopping, .terminateRunner, .startGrace])
        #expect(machine.handle(.graceExpired) == [.killRunner])
        #expect(machine.handle(.interrupted(SIGINT)) == [.killRunner])
        #expect(machine.handle(.runnerExited(.signal(SIGKILL))) == [.conclude(.interrupted(SIGINT))])
    }

    @Test("A signal before the runner is there submits nothing")
    func early() {
        var machine = StudyMachine()
        #expect(machine.handle(.interrupted(SIGTERM)) == [.sayDraining, .terminateRunner])
        #expect(machine.handle(.registered) == [])
        #expect(machine.handle(.runnerExited(.code(0))) == [.conclude(.interrupted(SIGTERM))])
    }

    @Test("A signal while no runner lives ends the study at once")
    func betweenRunners() {
        var machine = working()
        _ = machine.handle(.runnerExited(.signal(SIGKILL)))
        #expect(machine.handle(.interrupted(SIGINT)) == [.conclude(.interrupted(SIGINT))])
        #expect(machine.handle(.restartDue) == [])
    }

    @Test("Jobs that end while no runner lives need no other")
    func endedBetweenRunners() {
        var machine = working()
        _ = machine.handle(.runnerExited(.signal(SIGKILL)))
        #expect(machine.handle(.batchEnded) == [.lookAgain])
        #expect(machine.handle(.looked(isOver: true)) == [.conclude(.finished)])
    }

    @Test("A runner that will not end when all is done is killed")
    func stubborn() {
        var machine = working()
        #expect(machine.handle(.batchEnded) == [.terminateRunner, .startGrace])
        #expect(machine.handle(.interrupted(SIGINT)) == [.terminateRunner])
        #expect(machine.handle(.graceExpired) == [.killRunner])
        #expect(machine.handle(.runnerExited(.signal(SIGKILL))) == [.conclude(.interrupted(SIGINT))])
    }

    @Test("A failure waits for the runner, and is the reason given")
    func failure() {
        let error = CLIError("the disk is full", exitCode: 3)
        var machine = working()
        #expect(machine.handle(.failed(error)) == [.terminateRunner, .startGrace])
        #expect(machine.handle(.failed(CLIError("another", exitCode: 3))) == [])
        #expect(machine.handle(.runnerExited(.code(0))) == [.conclude(.failed(error))])
    }

    private func working() -> StudyMachine {
        var machine = StudyMachine()
        _ = machine.handle(.registered)
        return machine
    }
}
