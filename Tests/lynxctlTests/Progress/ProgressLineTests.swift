import LynxCLI
import Testing

@Suite("The progress line")
struct ProgressLineTests {
    private let plain = Terminal(redraws: true, columns: 100, colour: false, unicode: false)
    private let half = ProgressSnapshot(total: 40, completed: 18, failed: 2, running: 4, elapsed: 60)

    @Test("All is there when there is room")
    func wide() {
        #expect(
            ProgressLine.render(half, columns: 120, terminal: plain)
                == "[###################-------------------] 20/40  2 failed  4 running  20.0/min  ETA 1m00s  1m00s")
    }

    @Test("It never is wider than the terminal, and keeps the count to the last", arguments: 0...130)
    func fits(columns: Int) {
        for snapshot in [half, ProgressSnapshot(total: 100_000, completed: 99_999, failed: 0, cancelled: 3, elapsed: 1e6)] {
            let line = ProgressLine.render(snapshot, columns: columns, terminal: plain)
            #expect(line.count <= columns)
            #expect(columns < 13 || line.contains("\(snapshot.finished)/\(snapshot.total)"))
        }
    }

    @Test("Failures outlive the rate in a narrow terminal")
    func narrow() {
        let line = ProgressLine.render(half, columns: 42, terminal: plain)
        #expect(line.contains("2 failed"))
        #expect(!line.contains("/min"))
    }

    @Test("What holds everything up is said, on a narrow terminal too, and in logs when it comes and when it goes")
    func holdup() {
        var held = half
        held.holdup = "no room on the disk of the ledger (x)"
        #expect(ProgressLine.render(held, columns: 60, terminal: plain).contains("disk full: waiting for room"))
        #expect(!ProgressLine.render(half, columns: 60, terminal: plain).contains("disk full"))
        var log = PlainProgress()
        #expect(log.line(for: half) != nil)
        #expect(log.line(for: half) == nil)
        #expect(log.line(for: held)?.hasSuffix(", no room on the disk of the ledger (x)") == true)
        #expect(log.line(for: held) == nil)
        #expect(log.line(for: half)?.contains("no room") == false)
    }

    @Test("Colours take no room")
    func colours() {
        let coloured = Terminal(redraws: true, columns: 100, colour: true, unicode: false)
        let line = ProgressLine.render(half, columns: 90, terminal: coloured)
        let bare = line.replacing(/\u{1B}\[[0-9]*m/, with: "")
        #expect(bare == ProgressLine.render(half, columns: 90, terminal: plain))
        #expect(line != bare)
    }

    @Test("The bar is full only when all jobs have ended")
    func almost() {
        var snapshot = ProgressSnapshot(total: 1000, completed: 999, elapsed: 1)
        #expect(ProgressLine.render(snapshot, columns: 100, terminal: plain).contains("-]"))
        snapshot.completed = 1000
        let line = ProgressLine.render(snapshot, columns: 100, terminal: plain)
        #expect(!line.contains("-]"))
        #expect(!line.contains("ETA"))
    }

    @Test("Rate and remaining time come from the jobs that ended under watch")
    func resumed() {
        let snapshot = ProgressSnapshot(total: 100, completed: 70, elapsed: 30, finishedBefore: 60)
        #expect(snapshot.perMinute == 20)
        #expect(snapshot.remaining == 90)
        #expect(ProgressSnapshot(total: 100, completed: 60, elapsed: 30, finishedBefore: 60).perMinute == nil)
    }

    @Test("Durations are short", arguments: [(0.4, "0s"), (59, "59s"), (434, "7m14s"), (7500, "2h05m"), (273_600, "3d04h"), (.infinity, "--")])
    func durations(seconds: Double, text: String) {
        #expect(NumberText.duration(seconds) == text)
    }
}

@Suite("Progress without a terminal")
struct PlainProgressTests {
    @Test("A line comes at each tenth of the way")
    func tenths() {
        var progress = PlainProgress()
        let lines = (0...100).compactMap { progress.line(for: ProgressSnapshot(total: 100, completed: $0, elapsed: Double($0) / 10)) }
        #expect(lines.count == 11)
        #expect(lines.first == "0/100 done (0 %), 0 failed, 0 running, after 0s")
        #expect(lines[5] == "50/100 done (50 %), 0 failed, 0 running, 600/min, ETA 5s, after 5s")
        #expect(lines.last?.hasPrefix("100/100 done (100 %)") == true)
    }

    @Test("A slow study has a line every few seconds at most, and once a minute while nothing ends")
    func slow() {
        var progress = PlainProgress()
        var times: [Int] = []
        for second in 0...200 {
            let done = min(second, 20)
            if progress.line(for: ProgressSnapshot(total: 10_000, completed: done, elapsed: Double(second))) != nil { times.append(second) }
        }
        #expect(times == [0, 5, 10, 15, 20, 80, 140, 200])
    }
}
