import Support

/// The models of a PX4 build: its airframe files are named `<number>_<model>`.
enum Airframes {
    static func folder(_ etc: String) -> String { etc + "/init.d-posix/airframes" }

    static func models(etc: String) -> [String] {
        Directory.visibleNames(in: folder(etc)).compactMap { name in
            let number = name.prefix { $0.isASCII && $0.isNumber }
            let rest = name.dropFirst(number.count)
            return !number.isEmpty && rest.hasPrefix("_") && !name.contains(".") ? String(rest.dropFirst()) : nil
        }.sorted()
    }
}
