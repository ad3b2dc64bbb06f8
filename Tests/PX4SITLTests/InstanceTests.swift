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
        let first = try InstanceLock.acquire(instance)
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

    /// Where PX4 of this number looks for the mission, what a program there is bound to, and whether it hears PX4.
    private static let partners: [(address: String, hears: Bool)] = [("127.0.0.1", true), ("0.0.0.0", true), ("::", true), ("127.0.0.2", false)]

    @Test("A program that hears PX4 where it looks for the mission is in the way, and is named", arguments: partners)
    func partner(address: String, hears: Bool) async throws {
        // One that no other number shares.
        let instance = Instance(number: 7)
        let directory = try TemporaryDirectory()
        let ready = try EventPipe(directory.file("ready"))
        let holder = try Program.start(
            Repository.python,
            ["-c", "import signal, socket, sys\ns = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)\n"
                + "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\ns.bind((sys.argv[1], 14547))\nopen(sys.argv[2], 'w').write('ready\\n')\nsignal.pause()",
             address, ready.path])
        try await ready.expect("ready")
        #expect(InstanceProbe.partner(instance) == (hears ? .partnerTaken(14547) : nil))
        if hears {
            let name = try String(contentsOfFile: "/proc/\(holder.pid)/comm", encoding: .utf8).trimmingCharacters(in: .newlines)
            let text = "UDP port 14547, where PX4 looks for the mission, is bound by process \(holder.pid) (\(name))"
            #expect(InstanceProbe.partner(instance)?.description == text)
        }
        holder.send(SIGKILL)
        _ = try await holder.end()
        #expect(InstanceProbe.partner(instance) == nil)
    }

    @Test("Numbers that a listening program is in the way of are passed over, and named with it where none is left")
    func passedOver() async throws {
        let loop = try EventLoop(name: "test-pool")
        let told = AsyncStream.makeStream(of: (Instance, InstanceProbe.Obstacle).self)
        let (first, second) = (Instance(number: 6), Instance(number: 8))
        let left = try #require(boundSocket(first.partnerPort, loopback: true))
        defer { close(left) }
        let taken = AsyncStream.makeStream(of: (Instance, String).self)
        final class Holder { var pool: InstancePool? }
        loop.execute { context in
            let holder = context.local(Holder.init)
            let pool = InstancePool { _, _ in } onPassedOver: { told.continuation.yield(($0, $1)) }
            holder.pool = pool
            _ = pool.acquire(except: Set(Instance.all).subtracting([first, second]), context) { _, instance in
                taken.continuation.yield((instance, pool.hindrances))
            }
        }
        var turns = taken.stream.makeAsyncIterator(), news = told.stream.makeAsyncIterator()
        let (instance, hindrances) = try #require(await turns.next())
        #expect(instance == second)
        #expect(hindrances.hasPrefix("6: UDP port 14546, where PX4 looks for the mission, is bound by process \(getpid()) ("))
        #expect(try #require(await news.next()) == (first, .partnerTaken(14546)))
        loop.execute { context in context.local(Holder.init).pool?.giveBack(second, context) }
        loop.shutDown()
    }

    @Test("A probe shows whether a process listens on the ground link's port")
    func probing() async throws {
        let loop = try EventLoop(name: "test-link")
        let name = instance
        let probe: @Sendable () async throws -> Bool = {
            try await loop.run { context in
                let link = try GroundLink(name, context) { _, _ in }
                defer { link.close() }
                return link.probe()
            }
        }
        #expect(try await !probe())
        let listener = try #require(boundSocket(instance.groundPort))
        #expect(try await probe())
        close(listener)
        #expect(try await !probe())
        loop.shutDown()
    }

    private func boundSocket(_ port: UInt16, loopback: Bool = false) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = loopback ? UInt32(INADDR_LOOPBACK).bigEndian : 0
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
            let pool = InstancePool { _, _ in } onPassedOver: { _, _ in }
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
    let lock = try InstanceLock.acquire(instance)
    return lock != nil
}
