import Glibc

/// Looks whether an instance number is free of PX4s that no runner knows of, and clears away what dead ones left.
enum InstanceProbe {
    /// Why a number cannot be used now.
    enum Obstacle: Hashable, Sendable {
        case portTaken(UInt16)
        /// A program listens where PX4 looks for the mission, and would take the mission's place.
        case partnerTaken(UInt16)
        /// A running PX4 holds it.
        case locked(by: Int32)
        /// A file of another user, which PX4 could not open and this user may not remove.
        case foreign(path: String)
    }

    /// The first thing that is in the way. To be called by the holder of the number's lock.
    static func obstacle(_ instance: Instance) -> Obstacle? { remainder(instance) ?? partner(instance) }

    /// Whoever would take the mission's place.
    static func partner(_ instance: Instance) -> Obstacle? {
        UDPPort(instance.partnerPort).isFree(on: .loopback) ? nil : .partnerTaken(instance.partnerPort)
    }

    /// What a PX4 has of the number, or left of it.
    static func remainder(_ instance: Instance) -> Obstacle? {
        for port in instance.ports where !UDPPort(port).isFree() { return .portTaken(port) }
        if let owner = lockOwner(instance.lockPath) { return .locked(by: owner) }
        for path in [instance.lockPath, instance.socketPath] {
            guard let uid = owner(of: path), uid != geteuid() else { continue }
            // In a directory like /tmp even root may not open another's file by O_CREAT (fs.protected_regular), as PX4 does.
            guard geteuid() == 0, unlink(path) == 0 else { return .foreign(path: path) }
        }
        return nil
    }

    /// Takes away the files of an ended PX4 of this user, so that other users can have the number.
    static func clear(_ instance: Instance) {
        guard lockOwner(instance.lockPath) == nil else { return }
        for path in [instance.lockPath, instance.socketPath] where owner(of: path) == geteuid() { unlink(path) }
    }

    /// The process that holds PX4's lock on the file; 0 if it can't be seen from here, nil if nobody does.
    private static func lockOwner(_ path: String) -> Int32? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        guard fcntl(file, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return nil }
        return lock.l_pid
    }

    private static func owner(of path: String) -> uid_t? {
        var info = stat()
        return lstat(path, &info) == 0 ? info.st_uid : nil
    }
}

extension InstanceProbe.Obstacle: CustomStringConvertible {
    /// With the process that is behind it, as it is now.
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
