/// Which paths of a folder a bundle leaves out: the rules of `.gitignore` and `.lynxignore` files.
///
/// Of all patterns that match a path the last one decides; those of a deeper folder come after those above it, and those of
/// `.lynxignore` after those of `.gitignore` in the same folder. What is in a folder that is left out is left out.
///
/// Source: gitignore(5).
struct IgnoreRules: Sendable {
    struct Pattern: Hashable, Sendable {
        /// The folder that the pattern is relative to, without a slash at its end; empty for the top.
        var base: [UInt8]
        /// The way from the folder that the pattern is relative to down to the top; empty for one in the top or below.
        var above: [UInt8]
        var isNegated: Bool
        var isForFolders: Bool
        /// Whether it is matched against the whole path below `base`, and not against the name alone.
        var isAnchored: Bool
        var text: [UInt8]
        /// Whether it comes from a `.lynxignore`.
        var isOwn: Bool
    }

    private(set) var patterns: [Pattern] = []

    /// What is never part of a study's code, unless a pattern says otherwise.
    static let standard = IgnoreRules(
        [".git/", ".hg/", ".svn/", ".lynx/", "__pycache__/", "*.pyc", ".DS_Store", ".venv/", "node_modules/", ".mypy_cache/", ".ruff_cache/", ".pytest_cache/"])

    init() {}

    private init(_ lines: [String]) {
        for line in lines { add(Array(line.utf8), base: [], above: [], isOwn: false) }
    }

    /// Adds the patterns of a file.
    ///
    /// - Parameters:
    ///   - text: of the file.
    ///   - base: the folder that the file is in.
    ///   - isOwn: whether it is a `.lynxignore`.
    mutating func add(file text: [UInt8], base: [UInt8], isOwn: Bool) {
        for line in text.split(separator: UInt8(ascii: "\n")) { add(Array(line), base: base, above: [], isOwn: isOwn) }
    }

    /// Adds the patterns of a file in a folder above the top.
    ///
    /// - Parameter below: the way from that folder down to the top.
    mutating func add(above text: [UInt8], below: [UInt8], isOwn: Bool) {
        for line in text.split(separator: UInt8(ascii: "\n")) { add(Array(line), base: [], above: below, isOwn: isOwn) }
    }

    private mutating func add(_ line: [UInt8], base: [UInt8], above: [UInt8], isOwn: Bool) {
        var text = line
        if text.last == UInt8(ascii: "\r") { text.removeLast() }
        // Spaces at the end count only after a backslash.
        while text.last == UInt8(ascii: " "), text.dropLast().last != UInt8(ascii: "\\") { text.removeLast() }
        guard let first = text.first, first != UInt8(ascii: "#") else { return }
        let isNegated = first == UInt8(ascii: "!")
        if isNegated { text.removeFirst() }
        let isForFolders = text.last == UInt8(ascii: "/")
        if isForFolders { text.removeLast() }
        let isAnchored = text.contains(UInt8(ascii: "/"))
        if text.first == UInt8(ascii: "/") { text.removeFirst() }
        guard !text.isEmpty else { return }
        patterns.append(
            Pattern(
                base: base, above: above, isNegated: isNegated, isForFolders: isForFolders, isAnchored: isAnchored, text: text, isOwn: isOwn))
    }

    /// Whether a path is left out. That of a folder above it is to be asked first.
    func leavesOut(_ path: [UInt8], isFolder: Bool) -> Bool { decision(path, isFolder: isFolder).map { !$0.isNegated } ?? false }

    /// Whether a `.lynxignore` says that the path is wanted.
    func isAskedFor(_ path: [UInt8]) -> Bool { decision(path, isFolder: false).map { $0.isNegated && $0.isOwn } ?? false }

    private func decision(_ path: [UInt8], isFolder: Bool) -> Pattern? {
        patterns.last { pattern in
            guard isFolder || !pattern.isForFolders else { return false }
            let below: ArraySlice<UInt8>
            if pattern.base.isEmpty {
                below = pattern.above.isEmpty ? path[...] : (pattern.above + [UInt8(ascii: "/")] + path)[...]
            } else {
                guard path.starts(with: pattern.base + [UInt8(ascii: "/")]) else { return false }
                below = path.dropFirst(pattern.base.count + 1)
            }
            let name = below.split(separator: UInt8(ascii: "/")).last ?? below
            return Glob.matches(pattern.text[...], pattern.isAnchored ? below : name)
        }
    }
}

/// The patterns of gitignore(5): `*` and `?` stop at slashes, `**` between slashes is any number of folders.
enum Glob {
    static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        var matcher = Matcher()
        return matcher.matches(pattern, text)
    }
}

/// One match of a pattern against a text, in time that grows with the product of their lengths.
private struct Matcher {
    private struct Place: Hashable {
        var pattern: Int
        var text: Int
    }

    /// From where on a star does not match the rest.
    private var failures: Set<Place> = []

    mutating func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        switch first {
        case UInt8(ascii: "*"):
            let place = Place(pattern: pattern.startIndex, text: text.startIndex)
            if failures.contains(place) { return false }
            if matchesStar(pattern, text) { return true }
            failures.insert(place)
            return false
        case UInt8(ascii: "?"):
            guard let next = text.first, next != UInt8(ascii: "/") else { return false }
            return matches(pattern.dropFirst(), text.dropFirst())
        case UInt8(ascii: "["):
            guard let (set, rest) = Self.characters(pattern) else { return text.first == first && matches(pattern.dropFirst(), text.dropFirst()) }
            guard let next = text.first, next != UInt8(ascii: "/"), set.contains(next) else { return false }
            return matches(rest, text.dropFirst())
        case UInt8(ascii: "\\") where pattern.count > 1:
            return text.first == pattern.dropFirst().first && matches(pattern.dropFirst(2), text.dropFirst())
        default:
            return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
        }
    }

    private mutating func matchesStar(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        if pattern.starts(with: "**/".utf8) {
            let rest = pattern.dropFirst(3)
            if matches(rest, text) { return true }
            for place in text.indices where text[place] == UInt8(ascii: "/") {
                if matches(rest, text[(place + 1)...]) { return true }
            }
            return false
        }
        if pattern.elementsEqual("**".utf8) { return true }
        let rest = pattern.drop { $0 == UInt8(ascii: "*") }
        var tail = text
        while true {
            if matches(rest, tail) { return true }
            guard let next = tail.first, next != UInt8(ascii: "/") else { return false }
            tail = tail.dropFirst()
        }
    }

    /// A set of characters such as `[a-z]` or `[!0-9]`.
    private struct Characters {
        var ranges: [ClosedRange<UInt8>] = []
        var isNegated = false

        func contains(_ byte: UInt8) -> Bool { ranges.contains { $0.contains(byte) } != isNegated }
    }

    private static func characters(_ pattern: ArraySlice<UInt8>) -> (Characters, rest: ArraySlice<UInt8>)? {
        var set = Characters()
        var rest = pattern.dropFirst()
        if let first = rest.first, first == UInt8(ascii: "!") || first == UInt8(ascii: "^") {
            set.isNegated = true
            rest = rest.dropFirst()
        }
        var isFirst = true
        while let byte = rest.first {
            if byte == UInt8(ascii: "]"), !isFirst { return (set, rest.dropFirst()) }
            isFirst = false
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-"), let end = rest.dropFirst().first, end != UInt8(ascii: "]") {
                if byte <= end { set.ranges.append(byte...end) }
                rest = rest.dropFirst(2)
            } else {
                set.ranges.append(byte...byte)
            }
        }
        return nil
    }
}
