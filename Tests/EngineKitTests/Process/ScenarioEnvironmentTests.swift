import Testing

@testable import EngineKit

@Suite("The environment of a simulation")
struct ScenarioEnvironmentTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("Every variable of the host's is handed down byte for byte, whatever it holds")
    func everyByte() {
        let odd = [
            bytes("BYTES=") + [0xFF, 0x41, 0xFE], bytes("MARK=\u{301}x="), bytes("NFD=cafe\u{301}"), bytes("CAF\u{E9}=1"),
            bytes("CAFE\u{301}=2"), bytes("NAME") + [0xFF] + bytes("=3"), bytes("EMPTY="), bytes("NO_VALUE"),
        ]
        let (text, _) = ScenarioEnvironment.split(odd)
        #expect(Set(ScenarioEnvironment.entries(text, beside: odd)) == Set(odd))
    }

    @Test("What is given takes the place of the host's, and of what is there twice the first counts")
    func precedence() {
        let host = [bytes("TMPDIR=") + [0xFF], bytes("A=1"), bytes("A=2")]
        var (text, _) = ScenarioEnvironment.split(host)
        text["TMPDIR"] = "/t"
        #expect(ScenarioEnvironment.entries(text, beside: host) == [bytes("A=1"), bytes("TMPDIR=/t")])
    }

    @Test("The runner's own affairs are not handed down, in whatever bytes")
    func withheld() {
        let host = [bytes("LYNX_RUNNER_X=") + [0xFF], bytes("TETRYX_Y=1"), bytes("LYNX_OTHER=2")]
        let (text, _) = ScenarioEnvironment.split(host)
        #expect(ScenarioEnvironment.entries(text, beside: host) == [bytes("LYNX_OTHER=2")])
    }
}
