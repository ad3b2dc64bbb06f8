package import EngineABI
import EngineKit

/// The table of `process/1`, which is the same in the host and in the process of an engine: each starts its own processes.
package enum ProcessExtension {
    /// Never changed and never freed.
    package nonisolated(unsafe) static let table: UnsafePointer<lynx_process_control> = {
        let table = UnsafeMutablePointer<lynx_process_control>.allocate(capacity: 1)
        table.initialize(
            to: lynx_process_control(
                struct_size: UInt32(MemoryLayout<lynx_process_control>.size), open: open, spawn: spawn,
                signal: { processes($0).signal($1) }, kill: { processes($0).kill() }, reap: reap, collect: collect, close: close))
        return UnsafePointer(table)
    }()
}

private func processes(_ handle: OpaquePointer?) -> JobProcesses {
    Unmanaged<JobProcesses>.fromOpaque(UnsafeRawPointer(handle!)).takeUnretainedValue()
}

private func open(
    _ host: UnsafePointer<lynx_host>?, _ job: UnsafePointer<lynx_job>?, _ out: UnsafeMutablePointer<OpaquePointer?>?,
    _ error: UnsafeMutablePointer<lynx_error>?
) -> lynx_status {
    EngineError.status(error) { () throws(EngineError) in
        let opened = try JobProcesses(JobRequest(job!))
        out!.pointee = OpaquePointer(Unmanaged.passRetained(opened).toOpaque())
    }
}

private func spawn(
    _ handle: OpaquePointer?, _ program: UnsafePointer<lynx_program>?, _ process: UnsafeMutablePointer<lynx_process>?,
    _ error: UnsafeMutablePointer<lynx_error>?
) -> lynx_status {
    EngineError.status(error) { () throws(EngineError) in
        let (pid, exitDescriptor) = try processes(handle).spawn(HostedProgram(program!))
        process?.pointee.pid = pid
        process?.pointee.exit_fd = exitDescriptor
    }
}

private func reap(
    _ handle: OpaquePointer?, _ result: UnsafeMutablePointer<lynx_exit>?, _ error: UnsafeMutablePointer<lynx_error>?
) -> lynx_status {
    EngineError.status(error) { () throws(EngineError) in try processes(handle).reap().store(in: result!) }
}

private func collect(
    _ handle: OpaquePointer?, _ collector: UnsafePointer<lynx_collector>?, _ error: UnsafeMutablePointer<lynx_error>?
) -> lynx_status {
    EngineError.status(error) { () throws(EngineError) in try processes(handle).collect(into: ArtifactSink(collector!)) }
}

private func close(_ handle: OpaquePointer?) {
    Unmanaged<JobProcesses>.fromOpaque(UnsafeRawPointer(handle!)).takeRetainedValue().close()
}

extension HostedProgram {
    /// Reads the struct in place: that of an engine of another version may be longer.
    fileprivate init(_ raw: UnsafePointer<lynx_program>) throws(EngineError) {
        let end = MemoryLayout<lynx_program>.offset(of: \.on_exit)! + MemoryLayout<UnsafeRawPointer>.size
        guard Int(raw.pointee.struct_size) >= end else {
            throw .invalid("lynx_program.struct_size is \(raw.pointee.struct_size); set it to sizeof(lynx_program)")
        }
        let words = try Self.texts(raw.pointee.arguments, raw.pointee.argument_count, "an argument")
        guard let path = words.first, !path.isEmpty else {
            throw .invalid("lynx_program.arguments names no program; the first of them is the program")
        }
        var environment: [String: String] = [:]
        for entry in try Self.texts(raw.pointee.environment, raw.pointee.environment_count, "an entry of the environment") {
            guard let sign = entry.utf8.firstIndex(of: UInt8(ascii: "=")), sign != entry.startIndex else {
                throw .invalid("lynx_program.environment has '\(entry)'; write NAME=value")
            }
            environment[String(entry[..<sign])] = String(entry[entry.utf8.index(after: sign)...])
        }
        let folder = try Self.text(raw.pointee.working_directory, "working_directory")
        // The context is the engine's, which keeps it as long as the functions may be called.
        nonisolated(unsafe) let context = raw.pointee.context
        let (onLine, onExit) = (raw.pointee.on_line, raw.pointee.on_exit)
        self.init(
            isHelper: raw.pointee.is_helper != 0, path: path, arguments: Array(words.dropFirst()), environment: environment,
            workingDirectory: folder.isEmpty ? nil : folder,
            onLine: onLine.map { onLine in
                { line in line.withLynxString { onLine(context, $0) } }
            },
            onExit: onExit.map { onExit in { onExit(context, $0, $1) } })
    }

    private static func texts(_ first: UnsafePointer<lynx_string>?, _ count: Int, _ name: String) throws(EngineError) -> [String] {
        var texts: [String] = []
        for index in 0..<(first == nil ? 0 : count) { texts.append(try text(first![index], name)) }
        return texts
    }

    private static func text(_ raw: lynx_string, _ name: String) throws(EngineError) -> String {
        guard !raw.bytes.contains(0) else { throw .invalid("\(name) of lynx_program has a NUL in it; a lynx_string ends with its size") }
        return String(lynx: raw)
    }
}
