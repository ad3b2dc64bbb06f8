/// The reasons that the process of an engine can find for refusing it, as numbers and text.
extension EngineRefusal {
    var code: UInt8 {
        switch self {
        case .unreadable: 1
        case .notALibrary: 2
        case .writableByOthers: 3
        case .foreignOwner: 4
        case .unresolved: 5
        case .noEntrySymbol: 6
        case .part: 7
        case .otherMajor: 8
        case .malformed: 9
        case .duplicate, .crashed: 10
        }
    }

    var text: String {
        switch self {
        case .unreadable(let text), .writableByOthers(let text), .foreignOwner(let text), .unresolved(let text), .malformed(let text),
            .crashed(let text):
            text
        case .notALibrary, .noEntrySymbol, .part, .otherMajor, .duplicate: ""
        }
    }

    init?(code: UInt8, text: String) {
        switch code {
        case 1: self = .unreadable(text)
        case 2: self = .notALibrary
        case 3: self = .writableByOthers(text)
        case 4: self = .foreignOwner(text)
        case 5: self = .unresolved(text)
        case 6: self = .noEntrySymbol
        case 7: self = .part
        case 8: self = .otherMajor
        case 9: self = .malformed(text)
        case 10: self = .crashed(text)
        default: return nil
        }
    }
}
