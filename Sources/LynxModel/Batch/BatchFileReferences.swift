import LynxDocument

extension Document {
    /// A batch file with what it refers to in the place of its references: a table's CSV or Parquet file, and the files that a pattern
    /// matches. Paths and patterns are relative to the batch file. What is wrong with them is reported.
    func withReferences(besideFile path: String) -> Document {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        return mapped { root, diagnostics in
            root.replacing(["config", "monte_carlo", "table"]) { table, path in
                guard case .mapping(let fields) = table.content, let file = fields.text("file"), fields["columns"] == nil,
                    fields["rows"] == nil
                else { return table }
                let name = file.text.hasPrefix("/") ? file.text : folder + file.text
                func unreadable(_ message: String) {
                    diagnostics.report("\(Excerpt.quoted(file.text)): \(message)", at: file.mark, path: path.appending("file"))
                }
                let read =
                    ParquetDocument.isMeant(by: name)
                    ? ParquetDocument.read(file: name, mostValues: SampleTable.mostValues, into: diagnostics, failure: unreadable)
                    : CSVDocument.read(file: name, into: diagnostics, failure: unreadable)
                // A table that could not be read has been reported; another in its place keeps that the only report.
                let content =
                    read
                    ?? Mapping([
                        .init(key: "columns", list: ["?"], at: file.mark),
                        .init(key: "rows", items: [Node(list: ["?"], at: file.mark)], at: file.mark),
                    ])
                return Node(.mapping(Mapping(fields.entries.filter { $0.key != "file" } + content.entries)), at: table.mark)
            }.replacing(["config", "dispersions", nil, "distribution"]) { distribution, path in
                guard case .mapping(let fields) = distribution.content, fields.text("type")?.text == "files",
                    fields["files"] == nil,
                    let pattern = fields.text("pattern")
                else { return distribution }
                let paths: [String]
                do throws(FilePattern.Failure) {
                    paths = try FilePattern.matches(of: pattern.text, in: folder)
                } catch {
                    diagnostics.report(
                        "\(Excerpt.quoted(pattern.text)) \(error.message)", at: pattern.mark, path: path.appending("pattern"))
                    paths = ["?"]
                }
                let files = Mapping.Entry(key: "files", list: paths, at: pattern.mark)
                return Node(.mapping(Mapping(fields.entries.filter { $0.key != "pattern" } + [files])), at: distribution.mark)
            }
        }
    }
}

extension Node {
    /// A list of texts.
    fileprivate init(list texts: [String], at mark: Mark) {
        self.init(.sequence(texts.map { Node(.scalar(Scalar($0, style: .quoted)), at: mark) }), at: mark)
    }

    /// With the node at a path replaced, if there is one; nil in the path stands for every key.
    fileprivate func replacing(_ keys: [String?], under path: FieldPath = .root, by replacement: (Node, FieldPath) -> Node)
        -> Node
    {
        guard let key = keys.first else { return replacement(self, path) }
        guard case .mapping(var mapping) = content else { return self }
        for index in mapping.entries.indices where key == nil || mapping.entries[index].key == key {
            let entry = mapping.entries[index]
            mapping.entries[index].value = entry.value.replacing(
                Array(keys.dropFirst()), under: path.appending(entry.key), by: replacement)
        }
        return Node(.mapping(mapping), at: mark)
    }
}

extension Mapping.Entry {
    fileprivate init(key: String, list texts: [String], at mark: Mark) {
        self.init(key: key, keyMark: mark, value: Node(list: texts, at: mark))
    }

    fileprivate init(key: String, items: [Node], at mark: Mark) {
        self.init(key: key, keyMark: mark, value: Node(.sequence(items), at: mark))
    }
}

extension Mapping {
    /// The text of a field that is one.
    fileprivate func text(_ key: String) -> (text: String, mark: Mark)? {
        guard let value = self[key]?.value, !value.isNull, case .scalar(let scalar) = value.content else { return nil }
        return (scalar.text, value.mark)
    }
}
