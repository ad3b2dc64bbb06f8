import Glibc

/// The models of a PX4 build: its airframe files are named `<number>_<model>`.
enum Airframes {
    static func folder(_ etc: String) -> String { etc + "/init.d-posix/airframes" }

    static func models(etc: String) -> [String] {
        guard let stream = opendir(folder(etc)) else { return [] }
        defer { closedir(stream) }
        var models: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            let number = name.prefix { $0.isASCII && $0.isNumber }
            let rest = name.dropFirst(number.count)
            if !number.isEmpty, rest.hasPrefix("_"), !name.contains(".") { models.append(String(rest.dropFirst())) }
        }
        return models.sorted()
    }
}
