import CGuardian
import Glibc

/// The setting `private_dev_shm`, which every engine gets: whether each job has a `/dev/shm` of its own.
public enum PrivateSharedMemory {
    /// - Throws: when it is asked for and cannot be had here.
    public static func isWanted(_ settings: EngineSettings) throws(EngineError) -> Bool {
        guard settings["private_dev_shm"] == "true" else { return false }
        let failure = lynx_private_shm_check()
        guard failure == 0 else {
            throw .invalid(
                "private_dev_shm: this user may not have a mount namespace here (\(String(cString: strerror(failure)))); run the runner where it may, as root or with unprivileged user namespaces allowed, or leave private_dev_shm false"
            )
        }
        return true
    }
}
