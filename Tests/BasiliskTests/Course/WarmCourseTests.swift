import Testing

@testable import Basilisk

@Suite("The way to a warm parent")
struct WarmCourseTests {
    /// One that is being proved after its first run.
    private func begun() -> WarmCourse {
        var course = WarmCourse(coldRuns: 0, patience: 8)
        #expect(course.coldRunEnded(success: true) == .prove && course.phase == .learning)
        return course
    }

    @Test("A run that fails teaches nothing; the first that succeeds is learned from, once")
    func begins() {
        var course = WarmCourse(coldRuns: 0, patience: 8)
        #expect(course.coldRunEnded(success: false) == .none && course.phase == .cold)
        #expect(course.coldRunEnded(success: true) == .prove && course.phase == .learning)
        #expect(course.coldRunEnded(success: true) == .none && course.coldRuns == 3)
    }

    @Test("After eight cold runs, counted over restarts, what is under way may compete with jobs")
    func hurries() {
        var course = begun()
        for _ in 2..<8 { #expect(course.coldRunEnded(success: true) == .none && !course.isHurried) }
        #expect(course.coldRunEnded(success: true) == .hurry && course.isHurried)
        #expect(course.coldRunEnded(success: true) == .none)
        var later = WarmCourse(coldRuns: 7, patience: 8)
        #expect(later.coldRunEnded(success: true) == .prove && later.isHurried)
    }

    @Test("How long it waits depends on how many runs there will be, as far as that is known")
    func patience() {
        func runs(_ expected: Int?, taking seconds: Double, before: Int = 0) -> Int {
            ProofPatience(expectedJobs: expected, processors: 2).runs(takingCold: seconds, before: before)
        }
        #expect(ProofPatience(fixed: 3, expectedJobs: 1000).runs(takingCold: 1, before: 0) == 3)
        #expect(runs(nil, taking: 1) == 13 && runs(nil, taking: 60) == 366)
        #expect(runs(16, taking: 1) == .max && runs(100, taking: 1) == 0)
        #expect(runs(16, taking: 1, before: 16) == .max && runs(16, taking: 1, before: 32) == 0)
        #expect(runs(100, taking: 60) == .max && runs(2000, taking: 60) == 0)
        #expect(ProofPatience(expectedJobs: 100, processors: 64).runs(takingCold: 1, before: 0) == .max)
        #expect(runs(nil, taking: 0) > 0 && runs(10, taking: 1e300) == .max)
    }

    @Test("Of a study of few runs nothing is learned before it is worth a share of the processors")
    func few() {
        var course = WarmCourse(coldRuns: 0, patience: 3, beginsBeside: false)
        for _ in 1..<3 { #expect(course.coldRunEnded(success: true) == .none && course.isTooFew && course.resume() == .none) }
        #expect(course.coldRunEnded(success: true) == .prove && course.isHurried && !course.isTooFew)
        var many = WarmCourse(coldRuns: 0, patience: 1, beginsBeside: false)
        #expect(many.coldRunEnded(success: true) == .prove && many.isHurried)
    }

    @Test("What could not be done beside the jobs waits for that, and is then taken up")
    func postponed() {
        var course = begun()
        course.proceed(to: .proving(step: 3, of: 6))
        #expect(course.postpone() == .none)
        for _ in 2..<8 { #expect(course.coldRunEnded(success: false) == .none) }
        #expect(course.coldRunEnded(success: true) == .prove)
        #expect(course.postpone() == .prove)
    }

    @Test("A proof leads to a parent, and that to ready; nothing else does")
    func ready() {
        var course = begun()
        course.parentIsReady()
        #expect(course.phase == .learning)
        course.proceed(to: .vetting(pass: 1))
        course.proceed(to: .proving(step: 1, of: 6))
        #expect(course.prove() == .startParent && course.phase == .importing)
        course.proceed(to: .proving(step: 2, of: 6))
        course.parentIsReady()
        #expect(course.phase == .ready && course.coldRunEnded(success: true) == .none)
    }

    @Test("A lost parent is replaced, but not for ever")
    func lost() {
        var course = begun()
        _ = course.prove()
        #expect(course.parentIsLost("a") == .startParent && course.parentIsLost("b") == .startParent)
        course.parentIsReady()
        course.jobStarted()
        #expect(course.parentIsLost("c") == .startParent && course.parentIsLost("d") == .startParent)
        #expect(course.parentIsLost("e") == .none && course.phase == .off("its warm parent was lost again and again: e"))
    }

    @Test("When files change all begins anew, also after it was given up")
    func changed() {
        var course = begun()
        _ = course.prove()
        course.parentIsReady()
        course.filesChanged()
        #expect(course.phase == .cold && course.coldRunEnded(success: true) == .prove)
        course.turnOff("why")
        #expect(course.coldRunEnded(success: true) == .none && course.prove() == .none && course.resume() == .none)
        course.filesChanged()
        #expect(course.coldRunEnded(success: true) == .prove)
    }

    @Test("What an earlier start has learned is taken up without a run")
    func resumed() {
        var course = WarmCourse(coldRuns: 2, patience: 8)
        #expect(course.resume() == .prove && course.resume() == .none)
    }
}
