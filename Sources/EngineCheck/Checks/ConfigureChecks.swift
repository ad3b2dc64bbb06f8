import EngineABI

/// configure.
enum ConfigureChecks {
    private static let strings = Check.Rule("Memory", "Strings are UTF-8, pointer and length, not terminated.")
    private static let errors = Check.Rule("Errors", "describes the failure in the lynx_error that the caller brought (it may be NULL).")

    static let all = [
        Check(
            "configure-succeeds", "configure accepts the settings that the checker was given.",
            .init("configure", "Takes the settings and checks what can be checked without a job: programs, files, directories.")
        ) { trial in
            let answer = try trial.load().configure(trial.settings)
            try expect(answer.isOK, "\(answer.description); give what it needs with --options FILE or --config FILE")
        },
        Check(
            "configure-nothing", "configure returns without any settings.",
            .init("configure", "The first problem found is the error, and the host ends.")
        ) { trial in try trial.load().configure([]).expectDescribed() },
        hostile("configure-empty-values", "empty", []),
        hostile("configure-huge-values", "of 1 MiB", [UInt8](repeating: UInt8(ascii: "7"), count: Hostile.huge)),
        hostile("configure-values-not-utf8", "not UTF-8", [0xFF, 0xFE, 0xC0, 0x80]),
        hostile("configure-values-with-nul", "'1', NUL, 'x'", [0x31, 0, 0x78]),
        Check(
            "configure-hostile-keys", "configure returns, and with a description if it fails, when keys are empty, of 1 MiB, not UTF-8 or have a NUL.", strings
        ) { trial in
            let more = Hostile.texts.map { text in
                var setting = Setting("", "1")
                setting.key = text.bytes
                return setting
            }
            try trial.load().configure(trial.settings + more, guarded: true).expectDescribed()
        },
        Check(
            "configure-lent-memory", "A job runs although the settings are gone, and were not terminated, when configure has returned.",
            .init("Memory", "A pointer handed in is valid until the call returns unless its comment says longer.")
        ) { trial in try trial.configured(guarded: true).started().finish() },
        Check(
            "configure-describes-errors", "What configure refuses has a code, and one line of text.",
            .init("message of lynx_error", "One line for a person: what is wrong and what would be right. NUL-terminated UTF-8.")
        ) { trial in
            let wrong = trial.settings.map { setting in
                var setting = setting
                setting.value = Array("/nonexistent\nfile".utf8)
                return setting
            }
            let answer = try trial.load().configure(wrong)
            guard !answer.isOK else { throw CheckSkipped("the engine accepts any settings") }
            try answer.expectDescribed()
        },
        Check("configure-without-error", "configure returns what it returns, also when error is NULL.", errors) { trial in
            _ = try trial.load().configure([Setting("check", "none")], withError: false)
        },
    ]

    /// Each of the engine's settings with such a value.
    private static func hostile(_ name: String, _ what: String, _ bytes: [UInt8]) -> Check {
        Check(name, "configure returns, and with a description if it fails, when every value is \(what).", strings) { trial in
            var settings = trial.settings
            for index in settings.indices { settings[index].value = bytes }
            var unknown = Setting("check_unknown", "")
            unknown.value = bytes
            try trial.load().configure(settings + [unknown], guarded: true).expectDescribed()
        }
    }
}
