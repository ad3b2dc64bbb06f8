import EngineABI

/// The list of an engine's warm workers as a message.
extension Message {
    /// Of what the engine's struct does not have, nothing is said.
    mutating func put(_ worker: UnsafePointer<lynx_warm_worker>) {
        let size = Int(worker.pointee.struct_size)
        guard size >= WarmWorkerSizes.first else { return }
        put(worker.pointee.state)
        put(worker.pointee.entrypoint.bytes)
        put(worker.pointee.pid)
        put(worker.pointee.rss_bytes)
        put(worker.pointee.jobs_started)
        put(worker.pointee.message.bytes)
        let isLong = size >= WarmWorkerSizes.since2
        put(isLong ? worker.pointee.modules : 0)
        put(isLong ? worker.pointee.modules_warm : 0)
        put(isLong ? worker.pointee.import_seconds : 0)
        put(isLong ? worker.pointee.import_seconds_warm : 0)
        guard isLong, let first = worker.pointee.left_out, Int(first.pointee.struct_size) >= WarmWorkerSizes.leftOut else { return put(UInt32(0)) }
        let count = min(worker.pointee.left_out_count, WarmWorkerSizes.mostLeftOut)
        put(UInt32(count))
        for index in 0..<count {
            let one = (UnsafeRawPointer(first) + index * Int(first.pointee.struct_size)).assumingMemoryBound(to: lynx_warm_left_out.self)
            put(one.pointee.module.bytes)
            put(one.pointee.why.bytes)
            put(one.pointee.seconds)
        }
    }
}

extension MessageReader {
    mutating func warmWorker(_ take: (UnsafePointer<lynx_warm_worker>) -> Void) throws(MalformedMessage) {
        var worker = lynx_warm_worker()
        worker.struct_size = UInt32(MemoryLayout<lynx_warm_worker>.size)
        worker.state = try value()
        let entrypoint = try data()
        worker.pid = try value()
        worker.rss_bytes = try value()
        worker.jobs_started = try value()
        let message = try data()
        worker.modules = try value()
        worker.modules_warm = try value()
        worker.import_seconds = try value()
        worker.import_seconds_warm = try value()
        var leftOut: [(module: ArraySlice<UInt8>, why: ArraySlice<UInt8>, seconds: Double)] = []
        for _ in 0..<min(try value(UInt32.self), UInt32(WarmWorkerSizes.mostLeftOut)) { leftOut.append((try data(), try data(), try value())) }
        withContent { content in
            worker.entrypoint = content.text(entrypoint)
            worker.message = content.text(message)
            let raw = leftOut.map { one in
                lynx_warm_left_out(
                    struct_size: UInt32(MemoryLayout<lynx_warm_left_out>.size), module: content.text(one.module),
                    why: content.text(one.why), seconds: one.seconds)
            }
            raw.withUnsafeBufferPointer { raw in
                worker.left_out = raw.baseAddress
                worker.left_out_count = raw.count
                take(&worker)
            }
        }
    }
}

/// The sizes of the structs in the versions that have extended them.
enum WarmWorkerSizes {
    static let first = MemoryLayout<lynx_warm_worker>.offset(of: \.message)! + MemoryLayout<lynx_string>.size
    static let since2 = MemoryLayout<lynx_warm_worker>.offset(of: \.left_out_count)! + MemoryLayout<Int>.size
    static let leftOut = MemoryLayout<lynx_warm_left_out>.offset(of: \.seconds)! + MemoryLayout<Double>.size
    /// A longer list would not be read by any user.
    static let mostLeftOut = 64
}
