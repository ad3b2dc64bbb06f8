import Foundation
import TestSupport

/// The processes of simulations, found by what the scenario contract puts into their environment.
enum Simulations {
    /// The pids of those whose output directory lies below a folder. Zombies have no environment and do not count.
    static func running(below root: String) -> [Int32] {
        let wanted = Data("TETRYX_OUTPUT_DIR=\(root)/".utf8)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { pid in
            guard let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ") else { return false }
            return environment.split(separator: 0).contains { $0.starts(with: wanted) }
        }
    }
}
