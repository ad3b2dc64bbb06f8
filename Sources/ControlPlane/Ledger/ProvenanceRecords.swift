import LynxModel
import Support

extension LedgerTransaction {
    /// Keeps the records that a result's provenance refers to; what is there already stays.
    func keep(_ records: [ProvenanceRecord], of batchID: String) throws {
        for record in records {
            try connection.send(SQL.saveProvenanceRecord, [.text(batchID), .text(record.sha256), .text(record.text)])
        }
    }
}

extension Ledger {
    /// A record that the provenance of the batch's results refers to.
    ///
    /// - Throws: `LedgerError.noSuchBatch`; a `Problem` (404) if the batch has no such record.
    func provenanceRecord(_ sha256: String, of batchID: String) async throws -> ProvenanceRecord {
        try await driver.read { connection in
            if let row = try connection.row(SQL.provenanceRecord, [.text(batchID), .text(sha256)]) {
                return ProvenanceRecord(sha256: sha256, text: try row.text("record"))
            }
            guard try connection.row(SQL.submission, [.text(batchID)]) != nil else { throw LedgerError.noSuchBatch(batchID) }
            throw Problem.notFound("batch '\(batchID)' has no record '\(sha256)'")
        }
    }
}

extension AttemptReport {
    /// - Throws: a `Problem` that names the field.
    func checkRecords(as place: String) throws {
        let records = records ?? []
        guard records.count <= ProvenanceRecord.most else {
            throw Problem.invalid("\(place)records", "may have at most \(ProvenanceRecord.most) entries")
        }
        for (index, record) in records.enumerated() {
            guard record.text.utf8.count <= ProvenanceRecord.mostBytes else {
                throw Problem.invalid("\(place)records[\(index)].text", "may have at most \(ProvenanceRecord.mostBytes) bytes")
            }
            guard SHA256.hash(Array(record.text.utf8)).hexadecimal == record.sha256 else {
                throw Problem.invalid("\(place)records[\(index)].sha256", "is not the SHA-256 of the text")
            }
            guard !record.text.utf8.contains(0) else {
                throw Problem.invalid("\(place)records[\(index)].text", "must not contain the character U+0000")
            }
        }
    }
}

extension SQL {
    /// Values: batch_id, sha256, record.
    static let saveProvenanceRecord = """
        INSERT INTO provenance_records (batch_id, sha256, record) VALUES (?, ?, ?) ON CONFLICT (batch_id, sha256) DO NOTHING
        """

    /// Values: batch_id, sha256.
    static let provenanceRecord = "SELECT record FROM provenance_records WHERE batch_id = ? AND sha256 = ?"
}
