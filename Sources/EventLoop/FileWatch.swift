import Glibc
import Support

/// Tells when files of runs appear or grow (inotify(7)). Used on the loop only; one for all runs, as a user may have few
/// instances of inotify.
///
/// Folders are watched rather than files, as they report both. If a folder cannot be watched, its files are looked at in short
/// intervals.
package final class FileWatch {
    /// Ends with this object.
    package final class Subscription {
        fileprivate let paths: [String]
        fileprivate let body: (LoopContext) -> Void
        /// The folders that are watched for it.
        fileprivate var folders: [String: CInt] = [:]
        /// Whether its files are looked at in intervals, as a folder of theirs cannot be watched.
        fileprivate var isPolled = false
        fileprivate weak var owner: FileWatch?

        fileprivate init(_ paths: [String], _ owner: FileWatch, _ body: @escaping (LoopContext) -> Void) {
            self.paths = paths
            self.owner = owner
            self.body = body
        }

        deinit { owner?.drop(Array(folders.values)) }
    }

    private struct Weak {
        weak var subscription: Subscription?
    }

    private var descriptor: CInt = -1
    private var watch: Watch?
    private var byFolder: [CInt: [Weak]] = [:]

    /// From the first event to the look, in nanoseconds: what is written together comes together.
    private static let pause: UInt64 = 1_000_000
    /// From a look until events are waited for again, in nanoseconds. A program that writes line by line would otherwise be
    /// interrupted at each, which costs it more than the line.
    private static let rest: UInt64 = 10_000_000
    /// The interval of looks without inotify.
    private static let interval: UInt64 = 20_000_000
    private static let mask = UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF)

    package init() {}

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// - Parameters:
    ///   - paths: absolute paths of files that may not be there yet.
    ///   - body: called soon after one of them, or another file beside it, has appeared or grown.
    package func subscribe(_ paths: [String], _ context: LoopContext, body: @escaping (LoopContext) -> Void) -> Subscription {
        open(context)
        let subscription = Subscription(paths, self, body)
        if !follow(subscription) { poll(subscription, context) }
        return subscription
    }

    private func open(_ context: LoopContext) {
        guard descriptor < 0 else { return }
        descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard descriptor >= 0 else { return }
        watch = try? context.watch(descriptor, .readable) { [weak self] context, _ in
            try? self?.watch?.update([])
            _ = context.schedule(after: Self.pause) { [weak self] context in
                self?.look(context)
                _ = context.schedule(after: Self.rest) { [weak self] _ in try? self?.watch?.update(.readable) }
            }
        }
    }

    /// Watches for each path the deepest folder that is there. False if that is not possible.
    private func follow(_ subscription: Subscription) -> Bool {
        guard descriptor >= 0, watch != nil else { return false }
        for path in subscription.paths {
            // A deeper folder may appear just before the one above it is watched.
            while let folder = Self.deepestFolder(of: path) {
                // Asked for again, as another folder may have its place now.
                let id = inotify_add_watch(descriptor, folder, Self.mask)
                guard id >= 0 else { return false }
                let before = subscription.folders.updateValue(id, forKey: folder)
                guard before != id else { break }
                if let before { leave(before, subscription) }
                byFolder[id, default: []].append(Weak(subscription: subscription))
            }
        }
        return true
    }

    /// Ends a subscription's interest in a folder.
    private func leave(_ id: CInt, _ subscription: Subscription) {
        guard !subscription.folders.values.contains(id) else { return }
        byFolder[id]?.removeAll { $0.subscription === subscription }
        forget(id)
    }

    private func forget(_ id: CInt) {
        guard byFolder[id]?.isEmpty ?? false else { return }
        byFolder[id] = nil
        inotify_rm_watch(descriptor, id)
    }

    private static func deepestFolder(of path: String) -> String? {
        var folder = path
        repeat {
            guard let slash = folder.utf8.lastIndex(of: UInt8(ascii: "/")), slash != folder.startIndex else { return nil }
            folder = String(folder[..<slash])
        } while access(folder, F_OK) != 0
        return folder
    }

    private func look(_ context: LoopContext) {
        for subscription in subscriptionsWithNews() {
            let isFollowed = follow(subscription)
            subscription.body(context)
            if !isFollowed { poll(subscription, context) }
        }
    }

    private func subscriptionsWithNews() -> [Subscription] {
        var found: [ObjectIdentifier: Subscription] = [:]
        withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 8) { buffer in
            while true {
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                guard count > 0 else { return }
                var place = 0
                while place + MemoryLayout<inotify_event>.size <= count {
                    let event = buffer.loadUnaligned(fromByteOffset: place, as: inotify_event.self)
                    place += MemoryLayout<inotify_event>.size + Int(event.len)
                    // With an overflow of its queue the kernel names no folder.
                    for case let subscription? in (event.wd >= 0 ? byFolder[event.wd] ?? [] : byFolder.values.flatMap(\.self)).map(\.subscription) {
                        found[ObjectIdentifier(subscription)] = subscription
                    }
                }
            }
        }
        return Array(found.values)
    }

    private func poll(_ subscription: Subscription, _ context: LoopContext) {
        guard !subscription.isPolled else { return }
        subscription.isPolled = true
        lookAgain(at: subscription, context)
    }

    private func lookAgain(at subscription: Subscription, _ context: LoopContext) {
        _ = context.schedule(after: Self.interval) { [weak self, weak subscription] context in
            guard let self, let subscription else { return }
            subscription.body(context)
            lookAgain(at: subscription, context)
        }
    }

    private func drop(_ folders: [CInt]) {
        for id in folders {
            byFolder[id]?.removeAll { $0.subscription == nil }
            forget(id)
        }
    }
}
