import FoundationEssentials
import Glibc
import LynxModel
import Support
import Testing
import TestSupport

@testable import RunnerHost

@Suite("The spool")
struct SpoolTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func json(_ job: JobAssignment, completedAt: Date = Date(timeIntervalSince1970: 1000)) throws -> Data {
        try WireJSON.encode(AttemptReport.sample(job, completedAt: completedAt))
    }

    private func open() throws -> Spool { Spool(try StateDirectory(path: directory.file("state"))) }

    @Test("What is stored is there after a restart, oldest first, byte by byte")
    func restart() throws {
        let (early, late) = (JobAssignment.sample("z"), JobAssignment.sample("a", attempt: 2))
        do {
            let spool = try open()
            try spool.store(try json(late, completedAt: Date(timeIntervalSince1970: 2000)), for: late.key)
            try spool.store(try json(early), for: early.key)
        }
        let spool = try open()
        #expect(try spool.scan() == Spool.Scan(reports: [early.key, late.key], corrupt: []))
        #expect(try spool.load(early.key) == (try json(early)))
    }

    @Test("A removed report is gone, and removing it again is no error")
    func removal() throws {
        let spool = try open()
        let job = JobAssignment.sample("a")
        try spool.store(try json(job), for: job.key)
        try spool.remove(job.key)
        try spool.remove(job.key)
        #expect(try spool.load(job.key) == nil)
        #expect(try spool.scan().reports == [])
    }

    @Test("The file of a removed report is written over by the next, shorter or longer, and gone after a restart")
    func usedAgain() throws {
        do {
            let spool = try open()
            for id in ["long" + String(repeating: "g", count: 500), "short", "longer" + String(repeating: "r", count: 900)] {
                let job = JobAssignment.sample(id)
                try spool.store(try json(job), for: job.key)
                #expect(try directory.names("state/spool").count == 1)
                #expect(try spool.load(job.key) == (try json(job)))
                try spool.remove(job.key)
                #expect(try directory.names("state/spool").allSatisfy { $0.hasSuffix(".spare") })
            }
        }
        #expect(try open().scan() == Spool.Scan())
        #expect(try directory.names("state/spool") == [])
    }

    @Test("Files that were made ahead are used before new ones, are private, and as many are kept")
    func madeAhead() throws {
        let spool = try open()
        spool.spares.prepare(100)
        let spares = try directory.names("state/spool")
        #expect(spares.count == 100 && spares.allSatisfy { $0.hasSuffix(".spare") })
        #expect(
            spares.allSatisfy {
                (try? FileManager.default.attributesOfItem(atPath: directory.file("state/spool/\($0)")))?[.posixPermissions] as? Int
                    == 0o600
            })
        let jobs = (0..<101).map { JobAssignment.sample("job-\($0)") }
        for job in jobs { try spool.store(try json(job), for: job.key) }
        #expect(try directory.names("state/spool").count { $0.hasSuffix(".spare") } == 0)
        for job in jobs {
            #expect(try spool.load(job.key) == (try json(job)))
            try spool.remove(job.key)
        }
        #expect(try directory.names("state/spool").count == 100)
    }

    @Test("Where none can be made ahead there are none, and that is all")
    func noneAhead() throws {
        let spool = try open()
        try FileManager.default.removeItem(atPath: directory.file("state/spool"))
        spool.spares.prepare(10)
        #expect(spool.spares.reuse() == nil)
    }

    @Test("Without the file that was to be written over a new one is made")
    func spareIsGone() throws {
        let spool = try open()
        let job = JobAssignment.sample("a")
        try spool.store(try json(job), for: job.key)
        try spool.remove(job.key)
        for name in try directory.names("state/spool") { unlink(directory.file("state/spool/\(name)")) }
        try spool.store(try json(job), for: job.key)
        #expect(try spool.load(job.key) == (try json(job)))
    }

    @Test("A truncated, an empty and a foreign file are set aside; the rest is found", arguments: ["", "{", "[]", "\u{0}\u{1}", #"{"a":1}"#])
    func corrupt(content: String) throws {
        let spool = try open()
        let job = JobAssignment.sample("a")
        try spool.store(try json(job), for: job.key)
        let path = try directory.write("state/spool/broken.json", content)
        let scan = try spool.scan()
        #expect(scan.reports == [job.key])
        #expect(scan.corrupt == [.init(path: path + ".corrupt", reason: "\(content.utf8.count) bytes that are not an attempt's report")])
        #expect(try spool.scan().corrupt == [])
        #expect(try String(contentsOfFile: path + ".corrupt", encoding: .utf8) == content)
    }

    @Test("A directory or a link in a report's place is set aside")
    func notAFile() throws {
        let spool = try open()
        mkdir(directory.file("state/spool/dir.json"), 0o700)
        symlink("/etc/passwd", directory.file("state/spool/link.json"))
        #expect(try spool.scan().corrupt.map(\.reason) == ["not a regular file", "not a regular file"])
    }

    @Test("A process that died while writing: a whole report counts, half of one does not")
    func interrupted() throws {
        let spool = try open()
        let (whole, half) = (JobAssignment.sample("whole"), JobAssignment.sample("half"))
        try json(whole).write(to: URL(filePath: spool.path(whole.key) + ".tmp"))
        try json(half).dropLast(5).write(to: URL(filePath: spool.path(half.key) + ".tmp"))
        #expect(try spool.scan() == Spool.Scan(reports: [whole.key], corrupt: []))
        #expect(try spool.load(whole.key) == (try json(whole)))
        #expect(try directory.names("state/spool").count == 1)
    }

    @Test("A full disk is an error that says so, and leaves nothing half-written behind")
    func fullDisk() throws {
        let spool = try open()
        let job = JobAssignment.sample("a")
        // The temporary file becomes the device that is always full; giving up removes the link.
        symlink("/dev/full", spool.path(job.key) + ".tmp")
        let error = #expect(throws: FileError.self) { try spool.store(try json(job), for: job.key) }
        #expect(error?.isOutOfSpace == true)
        #expect(error?.description == "cannot write \(spool.path(job.key)).tmp: No space left on device")
        #expect(try directory.names("state/spool") == [])
        try spool.store(try json(job), for: job.key)
        #expect(try spool.load(job.key) != nil)
    }

    @Test("A job's id can neither leave the directory nor meet another's file")
    func hostileNames() throws {
        let spool = try open()
        let ids = ["../../escape", "a/b", "a_b", "a b", ".", "", String(repeating: "x", count: 5000), String(repeating: "x", count: 5001), "ä\n"]
        for id in ids { try spool.store(try json(.sample(id)), for: JobAssignment.sample(id).key) }
        #expect(try directory.names("state/spool").count == ids.count)
        #expect(try directory.names() == ["state"])
        #expect(Set(try spool.scan().reports.map(\.jobID)) == Set(ids))
    }
}
