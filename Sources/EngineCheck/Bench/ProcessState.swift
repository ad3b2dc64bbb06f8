import CLinux
import Glibc

/// What a process has that an engine must leave alone, each as a text that can be shown.
enum ProcessState {
    /// Of the calling thread. `Bench` looks at the threads that make calls.
    static var signalMask: String {
        var mask = sigset_t()
        pthread_sigmask(SIG_SETMASK, nil, &mask)
        return "\((1...64).filter { sigismember(&mask, $0) == 1 })"
    }

    static var signalActions: String {
        (1...64).map { number in
            var action = sigaction()
            // Two numbers are the C library's own.
            guard sigaction(Int32(number), nil, &action) == 0 else { return "" }
            let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            return handler == 0 ? "" : "\(number): \(handler == 1 ? "ignored" : "handled at \(String(handler, radix: 16))") "
        }.joined()
    }

    static var workingDirectory: String {
        guard let path = getcwd(nil, 0) else { return "none" }
        defer { free(path) }
        return String(cString: path)
    }

    static var fileModeMask: String {
        let mask = umask(0o022)
        umask(mask)
        return String(mask, radix: 8)
    }

    static var environment: [String] {
        var entries: [String] = []
        var place = environ
        while let entry = place.pointee {
            entries.append(String(cString: entry))
            place += 1
        }
        return entries.sorted()
    }

    static var limits: [String] {
        [("RLIMIT_AS", RLIMIT_AS), ("RLIMIT_CORE", RLIMIT_CORE), ("RLIMIT_CPU", RLIMIT_CPU), ("RLIMIT_DATA", RLIMIT_DATA), ("RLIMIT_FSIZE", RLIMIT_FSIZE),
            ("RLIMIT_NOFILE", RLIMIT_NOFILE), ("RLIMIT_STACK", RLIMIT_STACK)
        ].map { name, resource in
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(resource.rawValue), &limit)
            return "\(name) \(limit.rlim_cur) \(limit.rlim_max)"
        }
    }

    static var locale: String { setlocale(LC_ALL, nil).map { String(cString: $0) } ?? "none" }
    static var rounding: Int32 { fegetround() }

    /// What a descriptor leads to, and its position.
    static func descriptor(_ number: Int32) -> String {
        var info = stat()
        guard fstat(number, &info) == 0 else { return "closed" }
        let kind = info.st_mode & S_IFMT
        let position = kind == S_IFREG ? " at \(lseek(number, 0, SEEK_CUR))" : ""
        // The process's own output moves the position of its streams.
        return "device \(info.st_dev) inode \(info.st_ino)\(number > STDERR_FILENO ? position : "")"
    }
}
