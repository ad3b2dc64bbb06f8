import CLinux
import EngineABI
import Glibc

/// A loaded engine, and the threads on which its functions are called as the header's tags say.
///
/// Sendable because its table does not change, and `current` and `nextToken` are used by one thread at a time: the check's own.
final class Bench: @unchecked Sendable {
    /// The thread of a call.
    enum Place { case main, launch, job, other }

    let trial: Trial
    let host: HostDouble
    let era: Era
    let table: UnsafePointer<lynx_engine>
    private let launcher = CallingThread("check-launch")
    private let callers = [CallingThread("check-job-1"), CallingThread("check-job-2")]
    private let terminator = CallingThread("check-any")
    private var calls = 0
    private var nextToken: UInt64 = 0

    init(_ trial: Trial, _ host: HostDouble, _ era: Era, _ table: UnsafePointer<lynx_engine>) {
        self.trial = trial
        self.host = host
        self.era = era
        self.table = table
    }

    var id: String { table.pointee.id.text }

    func makeToken() -> UInt64 {
        nextToken += 1
        return 1000 + nextToken
    }

    /// Makes one call where the header says, and looks at what it must leave alone.
    func call<Value>(_ function: String, on place: Place, _ body: () -> Value) throws -> Value {
        calls += 1
        let caller: CallingThread? =
            switch place {
            case .main: nil
            case .launch: launcher
            // Jobs are anybody's: each call comes from another thread than the one before.
            case .job: callers[calls % callers.count]
            case .other: terminator
            }
        func watched() -> (Value, Bool) { Self.watched(function, body) }
        let (value, mask) = if let caller { caller.run(watched) } else { watched() }
        if mask { throw CheckFailed("\(function) left another signal mask on the thread that called it") }
        guard lynx_descriptors_are_intact() else { throw CheckFailed("\(function) closed descriptors that are not the engine's own") }
        return value
    }

    /// - Returns: the value, and whether the thread's signal mask is another one now.
    static func watched<Value>(_ function: String, _ body: () -> Value) -> (Value, Bool) {
        Stage.set("\(function) did not return")
        lynx_set_activity("\(function) of the engine")
        var before = sigset_t(), after = sigset_t()
        pthread_sigmask(SIG_SETMASK, nil, &before)
        let value = body()
        pthread_sigmask(SIG_SETMASK, nil, &after)
        lynx_set_activity(nil)
        Stage.set("the check itself did not end")
        return (value, !(1...64).allSatisfy { sigismember(&before, $0) == sigismember(&after, $0) })
    }

    /// A call that can fail.
    func fallible(
        _ function: String, on place: Place, memory: LentMemory? = nil, withError: Bool = true,
        _ body: (UnsafeMutablePointer<lynx_error>?) -> lynx_status
    ) throws -> Answer {
        let memory = memory ?? LentMemory()
        var blank = lynx_error()
        blank.struct_size = UInt32(MemoryLayout<lynx_error>.size + era.tail)
        // An engine that fills in nothing leaves this, which is no text.
        _ = withUnsafeMutableBytes(of: &blank.message) { $0.initializeMemory(as: UInt8.self, repeating: 0xFF) }
        let error = memory.place(blank, tail: era.tail)
        let status = try call(function, on: place) { body(withError ? error : nil) }
        try expect(
            LentMemory.isTailIntact(error, tail: era.tail), "\(function) wrote behind the lynx_error whose struct_size covers more than it knows")
        return Answer(function, status, error.pointee)
    }

    func configure(_ settings: [Setting], guarded: Bool = false, withError: Bool = true) throws -> Answer {
        let memory = LentMemory(isGuarded: guarded)
        let raw = memory.settings(settings)
        let config = memory.place(
            lynx_engine_config(
                struct_size: UInt32(MemoryLayout<lynx_engine_config>.size + era.tail), settings: raw, setting_count: settings.count), tail: era.tail)
        return try fallible("configure", on: .main, memory: memory, withError: withError) { table.pointee.configure(table, config, $0) }
    }

    /// The extension of that name.
    func getExtension(_ name: [UInt8], guarded: Bool = false) throws -> UnsafeRawPointer? {
        let memory = LentMemory(isGuarded: guarded)
        let string = memory.string(name)
        return try call("get_extension", on: .other) { table.pointee.get_extension?(table, string) }
    }
}

/// What a function that can fail returned.
struct Answer {
    let function: String
    let status: lynx_status
    let code: lynx_status
    let systemErrno: Int32
    /// The bytes up to the first NUL; nil if there is none.
    let message: [UInt8]?

    init(_ function: String, _ status: lynx_status, _ error: lynx_error) {
        self.function = function
        self.status = status
        code = error.code
        systemErrno = error.system_errno
        message = withUnsafeBytes(of: error.message) { bytes in bytes.firstIndex(of: 0).map { Array(bytes[..<$0]) } }
    }

    var isOK: Bool { status == LYNX_OK }
    var text: String { message.map { String(decoding: $0, as: UTF8.self) } ?? "" }

    /// For a line about a failure.
    var description: String { "\(function) failed with \(Self.name(status)): \(text.isEmpty ? "without a message" : text)" }

    static func name(_ status: lynx_status) -> String {
        switch status {
        case LYNX_OK: "LYNX_OK"
        case LYNX_E_INVALID: "LYNX_E_INVALID"
        case LYNX_E_LAUNCH: "LYNX_E_LAUNCH"
        case LYNX_E_RESOURCES: "LYNX_E_RESOURCES"
        case LYNX_E_UNSUPPORTED: "LYNX_E_UNSUPPORTED"
        case LYNX_E_INTERNAL: "LYNX_E_INTERNAL"
        default: "status \(status)"
        }
    }

    /// Throws unless a failure is described as the header asks.
    func expectDescribed() throws(CheckFailed) {
        guard !isOK else { return }
        try expect(status < 0 && status >= LYNX_E_INTERNAL, "\(function) returned status \(status), which the header does not have")
        guard let message else { throw CheckFailed("\(function) left the message of lynx_error without a NUL") }
        try expect(code == status, "\(function) returned \(Self.name(status)), and wrote code \(code) into lynx_error")
        try expect(!message.isEmpty, "\(function) failed with \(Self.name(status)) and no message")
        try expect(String(validating: message, as: UTF8.self) != nil, "\(function) failed with a message that is not UTF-8")
        try expect(!message.contains { $0 == 10 || $0 == 13 }, "\(function) failed with a message of several lines: \(text.debugDescription)")
        try expect(systemErrno >= 0 && systemErrno < 4096, "\(function) wrote system_errno \(systemErrno), which is no errno")
    }
}
