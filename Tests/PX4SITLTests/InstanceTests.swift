import CLinux
import EventLoop
import Foundation
import TestSupport
import Testing

@testable import PX4SITL

/// Numbers at the far end, which nothing else on this machine is likely to use.
@Suite("Instance numbers", .serialized)
struct InstanceTests {
    private let instance = Instance(number: 39)

    @Test("All ports of all numbers are different ones")
    func ports() {
        let ports = Instance.all.flatMap(\.ports)
        #expect(Set(ports).count == ports.count)
        // Where PX4 sends to others' numbers.
        #expect(Set(ports).isDisjoint(with: Instance.all.map { UInt16($0.number > 9 ? 14549 : 14540 + $0.number) } + [14550]))
    }

    @Test("A number is one holder's at a time, and free again with its end")
    func lock() throws {
        let first = try InstanceLock.take(instance)
        let isHeld = first != nil
        #expect(isHeld)
        #expect(try !isFree(instance))
        drop(first)
        #expect(try isFree(instance))
    }

    private func drop(_ lock: consuming InstanceLock?) {}

    @Test("A taken port, and a lock that a process holds, are in the way; a file that a dead PX4 left is not")
    func probe() async throws {
        #expect(InstanceProbe.obstacle(instance) == nil)
        let socket = try #require(boundSocket(instance.missionPort))
        #expect(InstanceProbe.obstacle(instance) == .portTaken(instance.missionPort))
        close(socket)
        #expect(InstanceProbe.obstacle(instance) == nil)

        let directory = try TemporaryDirectory()
        let ready = try EventPipe(directory.file("ready"))
        let holder = try Program.start(
            Repository.python,
            ["-c", "import fcntl, sys, signal\nf = open(sys.argv[1], 'w')\nfcntl.lockf(f, fcntl.LOCK_EX)\nopen(sys.argv[2], 'w').write('ready\\n')\nsignal.pause()",
             instance.lockPath, ready.path])
        try await ready.expect("ready")
        #expect(InstanceProbe.obstacle(instance) == .locked(by: holder.pid))
        InstanceProbe.clear(instance)
        #expect(FileManager.default.fileExists(atPath: instance.lockPath))
        holder.send(SIGKILL)
        _ = try await holder.end()
        #expect(InstanceProbe.obstacle(instance) == nil)
        InstanceProbe.clear(instance)
        #expect(!FileManager.default.fileExists(atPath: instance.lockPath))
    }

    private func boundSocket(_ port: UInt16) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        return result == 0 ? descriptor : nil
    }

    @Test("A pool hands out each number once, makes the rest wait in their order, and keeps a number while something is left on it")
    func pool() async throws {
        let loop = try EventLoop(name: "test-pool")
        let taken = AsyncStream.makeStream(of: (Int, Instance).self)
        let rest = Set(Instance.all).subtracting([instance])
        final class Holder { var pool: InstancePool?; var socket: Int32? }
        let (port, name) = (instance.groundPort, instance)
        loop.execute { context in
            let holder = context.local(Holder.init)
            let pool = InstancePool { _, _ in }
            holder.pool = pool
            for turn in 1...3 {
                _ = pool.acquire(except: rest, context) { _, instance in taken.continuation.yield((turn, instance)) }
            }
        }
        var turns = taken.stream.makeAsyncIterator()
        #expect(await turns.next()! == (1, instance))
        // Something of the flight is left: the number stays away until it is gone.
        let left = try #require(boundSocket(port))
        loop.execute { context in context.local(Holder.init).pool?.giveBack(name, context) }
        #expect(try await !loop.run { _ in try isFree(name) })
        close(left)
        #expect(await turns.next()! == (2, instance))
        loop.execute { context in context.local(Holder.init).pool?.avoid(name, context) }
        #expect(await turns.next()! == (3, instance))
        loop.shutDown()
    }
}

private func isFree(_ instance: Instance) throws -> Bool {
    let lock = try InstanceLock.take(instance)
    return lock != nil
}
