import FoundationEssentials
import Glibc
import Support
import TestSupport
import Testing

@testable import RunnerHost

/// The programs that the tests run containers with.
///
/// Debian has no apptainer. Where LYNX_TEST_APPTAINER names one, with arguments of its `exec` in LYNX_TEST_APPTAINER_ARGUMENTS, that is
/// used, and else a stand-in that takes the same command line.
enum TestRuntime: String, CaseIterable, Sendable {
    case podman, apptainer

    private static let environment = ProcessInfo.processInfo.environment
    private static let program = environment["LYNX_TEST_APPTAINER"] ?? Repository.path("Tests/Fixtures/containers/apptainer")

    /// What the machines need on which the tests run: podman without a unified hierarchy of control groups.
    var command: [String] {
        switch self {
        case .podman: ["/usr/bin/podman", "--runtime", "runc"]
        case .apptainer: [Self.program]
        }
    }

    /// What they need where limits cannot be raised, and root lacks capabilities.
    var arguments: [String] {
        switch self {
        case .podman: ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"]
        case .apptainer: (Self.environment["LYNX_TEST_APPTAINER_ARGUMENTS"] ?? "").split(separator: " ").map { String($0) }
        }
    }

    func make(_ directory: TemporaryDirectory, arguments further: [String] = [], tool: ConfinementTool) -> any ContainerRuntime {
        switch self {
        case .podman: Podman(command, arguments: arguments + further, owner: directory.path, tool: tool)
        case .apptainer:
            Apptainer(command, arguments: arguments + further, helper: Repository.products + "/lynx-sandbox", tool: tool)
        }
    }

    /// What there is still of the containers of a directory's attempts, on record and as processes.
    func left(of directory: TemporaryDirectory) -> [String] {
        var left = Directory.visibleNames(in: "/proc").filter { Int($0) != nil }.filter { process in
            let words = String(decoding: WholeFile.read("/proc/\(process)/cmdline") ?? [], as: UTF8.self)
            let variables = String(decoding: WholeFile.read("/proc/\(process)/environ") ?? [], as: UTF8.self)
            return words.contains("conmon") && words.contains(directory.path) || variables.contains("TETRYX_OUTPUT_DIR=\(directory.path)")
        }
        if self == .podman {
            let filter = ["ps", "--all", "--quiet", "--filter", "label=lynx.runner=\(directory.path)"]
            let containers = ProgramOutput.of(command[0], filter, atMost: 1 << 16) ?? Array("no answer".utf8)
            left += String(decoding: containers, as: UTF8.self).split(separator: "\n").map { String($0) }
        }
        return left
    }
}

/// An image that lasts as long as this object.
final class TestImage: Sendable {
    /// What batches call it.
    let name: String
    private let runtime: TestRuntime
    private let directory: TemporaryDirectory

    enum Content: Sendable {
        /// A shell that is linked statically.
        case shell
        /// Python with `lynx_scenario`, and a shell.
        case python

        /// A script that makes it in the folder `root`.
        fileprivate var script: String {
            switch self {
            case .shell:
                """
                mkdir -p root/bin root/tmp root/etc root/proc root/sys root/dev root/root root/var/tmp && cp /bin/busybox root/bin/
                for name in sh sleep cat env; do ln -s busybox root/bin/$name; done
                """
            case .python:
                "mkdir root && \(Repository.python) -B \(Repository.path("Tests/Fixtures/containers/python_root.py")) root \(Repository.path("python/lynx_scenario"))"
            }
        }
    }

    init(_ content: Content = .shell, for runtime: TestRuntime) throws {
        self.runtime = runtime
        directory = try TemporaryDirectory()
        let pack: String
        switch runtime {
        case .podman:
            name = "localhost/lynx-test-\(UUID().uuidString.lowercased()):1"
            pack = "tar -C root -cf root.tar . && \(runtime.command[0]) import --quiet root.tar \(name)"
        case .apptainer:
            name = directory.path + "/image.sif"
            pack = "\(runtime.command[0]) build image.sif root"
        }
        let script = "cd \(directory.path) && { \(content.script)\n\(pack); } >&2"
        try #require(ProgramOutput.of("/bin/sh", ["-e", "-c", script], atMost: 1 << 16) != nil)
    }

    deinit {
        if runtime == .podman { _ = ProgramOutput.of(runtime.command[0], ["image", "rm", "--force", name], atMost: 1 << 16) }
    }
}
