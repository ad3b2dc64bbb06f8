import EventLoop

extension LoopContext {
    /// Calls `body` when the descriptor is first readable, and watches it no longer.
    func onceReadable(_ descriptor: Int32, _ body: @escaping (LoopContext) -> Void) throws {
        let box = Box()
        box.watch = try watch(descriptor, .readable) { context, _ in
            box.watch?.cancel()
            box.watch = nil
            body(context)
        }
    }

    private final class Box {
        var watch: Watch?
    }
}
