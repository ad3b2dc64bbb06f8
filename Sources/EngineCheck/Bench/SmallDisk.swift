import CLinux
import Glibc
import Support

/// A file system of the check's own, mounted where no other process sees it.
struct SmallDisk {
    enum Kind { case full, readOnly }

    let path: String
    private let isMounted: Bool

    private static let bytes = 256 << 10

    /// To be made on the main thread; threads made later see it as well.
    init(_ trial: Trial, _ kind: Kind) throws {
        path = "\(trial.plan.folder)/disk"
        try trial.makeFolder(path)
        // Root may write to any folder, so that a mount is needed there.
        if kind == .readOnly, geteuid() != 0 {
            try trial.makeFolder(path + "/tmp")
            chmod(path, 0o500)
            isMounted = false
            return
        }
        guard lynx_mount_small_disk(path, UInt(Self.bytes)) == 0 else {
            throw CheckSkipped("a small file system cannot be mounted here: \(String(cString: strerror(errno))); run the checker as root")
        }
        isMounted = true
        mkdir(path + "/tmp", 0o700)
        switch kind {
        case .readOnly: guard lynx_mount_read_only(path) == 0 else { throw CheckSkipped("the file system cannot be made read-only") }
        case .full: try fill()
        }
    }

    private func fill() throws {
        let file = try OwnedDescriptor.open(path + "/filler", O_WRONLY | O_CREAT)
        let piece = [UInt8](repeating: 1, count: 4096)
        while write(file.raw, piece, piece.count) > 0 {}
    }

    func remove() {
        if isMounted { umount2(path, Int32(MNT_DETACH)) } else { chmod(path, 0o700) }
    }
}
