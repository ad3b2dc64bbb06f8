import Glibc
import Support

/// Checks whether an instance number is free of PX4 processes unknown to runners, and removes files of ended ones.
enum InstanceProbe {
    /// The reason why a number cannot be used now.
    enum Obstacle: Hashable, Sendable {
        case portTaken(UInt16)
        /// A program listens where PX4 looks for the mission, and would take the mission's place.
        case partnerTaken(UInt16)
        /// A running PX4 uses the number.
        case locked(by: Int32)
        /// A file of another user, which PX4 could not open and this user may not remove.
        case foreign(path: String)
    }

    /// The first obstacle found; nil if there is none. To be called by the holder of the number's lock.
    static func obstacle(_ instance: Instance) -> Obstacle? { remainder(instance) ?? partner(instance) }

    /// The obstacle of a program that would take the mission's place.
    static func partner(_ instance: Instance) -> Obstacle? {
        UDPPort(instance.partnerPort).isFree(on: .loopback) ? nil : .partnerTaken(instance.partnerPort)
    }

    /// The obstacle of a PX4 that uses the number, or of its files.
    static func remainder(_ instance: Instance) -> Obstacle? {
        for port in instance.ports where !UDPPort(port).isFree() { return .portTaken(port) }
        if let owner = lockOwner(instance.lockPath) { return .locked(by: owner) }
        for path in [instance.lockPath, instance.socketPath] {
            guard let uid = owner(of: path), uid != geteuid() else { continue }
            // In a directory like /tmp, even root may not open another user's file with O_CREAT (fs.protected_regular), as PX4
            // does.
            guard geteuid() == 0, unlink(path) == 0 else { return .foreign(path: path) }
        }
        return nil
    }

    /// Removes the files of an ended PX4 of this user, so that other users can use the number.
    static func clear(_ instance: Instance) {
        guard lockOwner(instance.lockPath) == nil else { return }
        for path in [instance.lockPath, instance.socketPath] where owner(of: path) == geteuid() { unlink(path) }
    }

    /// The process that holds PX4's lock on the file; 0 if it cannot be determined, nil if there is none.
    private static func lockOwner(_ path: String) -> Int32? {
        guard let file = try? OwnedDescriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else { return nil }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        guard fcntl(file.raw, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return nil }
        return lock.l_pid
    }

    private static func owner(of path: String) -> uid_t? {
        var info = stat()
        return lstat(path, &info) == 0 ? info.st_uid : nil
    }
}

extension InstanceProbe.Obstacle: CustomStringConvertible {
    /// The obstacle together with the process behind it at present.
    var description: String {
        switch self {
        case .portTaken(let port): "UDP port \(port) is bound by \(UDPPort(port).holder)"
        case .partnerTaken(let port): "UDP port \(port), where PX4 looks for the mission, is bound by \(UDPPort(port).holder)"
        case .locked(by: 0): "a PX4 that cannot be seen from here holds it"
        case .locked(let owner): "process \(owner) holds PX4's lock on it"
        case .foreign(let path): "\(path) is another user's"
        }
    }
}
