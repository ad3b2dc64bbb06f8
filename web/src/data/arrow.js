import { FlatTable } from "./flatbuffer.js";

/**
 * Reads Apache Arrow's IPC streaming format, metadata version V5, as the control plane writes it: uncompressed, little-endian,
 * dictionaries that replace each other. Values are views of the bytes that arrived, not copies.
 *
 * @typedef {"int64" | "float64" | "utf8" | "bool" | "timestamp" | "list"} ArrowType
 * @typedef {{name: string, type: ArrowType, isDictionary: boolean, metadata: Record<string, string>}} Field
 *
 * @typedef {object} Values One column of a batch of rows.
 * @property {Uint8Array | null} validity A bit for each row, 0 where it is null; null: no row is.
 * @property {Float64Array | Int32Array | BigInt64Array | Uint8Array} data Numbers; of texts their ends, of dictionaries the places, of
 *   booleans bits.
 * @property {Uint8Array | null} bytes Of texts.
 *
 * @typedef {{kind: "schema", fields: Field[]} | {kind: "rows", rows: number, columns: Values[]}
 *   | {kind: "dictionary", column: number, texts: string[]}} Message
 */

const TYPES = /** @type {Record<number, ArrowType>} */ ({
  2: "int64", 3: "float64", 5: "utf8", 6: "bool", 10: "timestamp", 12: "list",
});
const MARK = 0xffffffff;

/** Splits a stream into messages, however its bytes are cut into pieces. */
export class ArrowReader {
  constructor() {
    /** @type {Field[]} */
    this.fields = [];
    /** Whether the stream told of its end; one that stops without it was cut off. */
    this.isComplete = false;
    this.buffer = new Uint8Array(1 << 16);
    this.begin = 0;
    this.end = 0;
  }

  /**
   * Takes the next bytes, and gives the messages that are whole by now.
   *
   * @param {Uint8Array} piece
   * @returns {Message[]}
   */
  push(piece) {
    this.reserve(piece.length);
    this.buffer.set(piece, this.end);
    this.end += piece.length;
    /** @type {Message[]} */
    const messages = [];
    for (let message = this.next(); message; message = this.next()) messages.push(message);
    return messages;
  }

  /**
   * Values handed out are views of the buffer, so it is never written over: a new one takes what is left of it.
   *
   * @param {number} count
   */
  reserve(count) {
    if (this.end + count <= this.buffer.length) return;
    const rest = this.buffer.subarray(this.begin, this.end);
    const larger = new Uint8Array(Math.max(1 << 20, 2 * (rest.length + count)));
    // The first byte of a message lies at a multiple of 8, and so do its values.
    larger.set(rest);
    this.buffer = larger;
    this.begin = 0;
    this.end = rest.length;
  }

  /** @returns {Message | null} */
  next() {
    while (!this.isComplete && this.end - this.begin >= 8) {
      const head = new DataView(this.buffer.buffer, this.begin);
      if (head.getUint32(0, true) !== MARK) throw new Error("The answer is no Arrow stream.");
      const metadataLength = head.getUint32(4, true);
      if (metadataLength === 0) {
        this.isComplete = true;
        return null;
      }
      if (this.end - this.begin < 8 + metadataLength) return null;
      const message = FlatTable.root(new DataView(this.buffer.buffer, this.begin + 8, metadataLength));
      const bodyLength = message.long(3);
      const body = this.begin + 8 + metadataLength;
      if (this.end < body + bodyLength) return null;
      this.begin = body + bodyLength;
      const read = this.read(message, body);
      if (read) return read;
    }
    return null;
  }

  /**
   * @param {FlatTable} message
   * @param {number} body Where its body begins.
   * @returns {Message | null}
   */
  read(message, body) {
    const header = message.table(2);
    if (!header) return null;
    switch (message.byte(1)) {
      case 1:
        this.fields = header.tables(1).map(field);
        return { kind: "schema", fields: this.fields };
      case 2: {
        const data = header.table(1);
        if (!data) return null;
        const column = header.long(0);
        const [values] = this.columns(data, body, [{ type: "utf8", isDictionary: false }]);
        return { kind: "dictionary", column, texts: texts(values, data.long(0)) };
      }
      case 3:
        return { kind: "rows", rows: header.long(0), columns: this.columns(header, body, this.fields) };
      default:
        return null;
    }
  }

  /**
   * @param {FlatTable} batch A record batch.
   * @param {number} body
   * @param {Pick<Field, "type" | "isDictionary">[]} fields
   * @returns {Values[]}
   */
  columns(batch, body, fields) {
    const nodes = batch.pairs(1);
    const buffers = batch.pairs(2);
    let node = 0;
    let buffer = 0;
    const take = () => {
      const [offset, length] = buffers[buffer++];
      return new Uint8Array(this.buffer.buffer, body + offset, length);
    };
    return fields.map(({ type, isDictionary }) => {
      const nulls = nodes[node++][1];
      const bits = take();
      const validity = nulls > 0 ? bits : null;
      const data = take();
      if (type === "utf8" && !isDictionary) return { validity, data: int32(data), bytes: take() };
      if (type === "list") {
        node += 1;
        buffer += 2;
        return { validity, data: int32(data), bytes: null };
      }
      if (type === "bool") return { validity, data, bytes: null };
      if (isDictionary) return { validity, data: int32(data), bytes: null };
      const count = data.length / 8;
      return type === "float64"
        ? { validity, data: new Float64Array(data.buffer, data.byteOffset, count), bytes: null }
        : { validity, data: new BigInt64Array(data.buffer, data.byteOffset, count), bytes: null };
    });
  }
}

/** @param {Uint8Array} bytes */
function int32(bytes) {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

/**
 * @param {FlatTable} table The table `Field` of Schema.fbs.
 * @returns {Field}
 */
function field(table) {
  const type = TYPES[table.byte(2)];
  if (!type) throw new Error(`The column ${table.text(0)} is of a type that this page does not know.`);
  const metadata = Object.fromEntries(table.tables(6).map((pair) => [pair.text(0), pair.text(1)]));
  return { name: table.text(0), type, isDictionary: table.place(4) !== 0, metadata };
}

/**
 * The texts of a column.
 *
 * @param {Values} values
 * @param {number} rows
 * @returns {string[]}
 */
export function texts(values, rows) {
  const decoder = new TextDecoder();
  const ends = /** @type {Int32Array} */ (values.data);
  const bytes = values.bytes ?? new Uint8Array();
  return Array.from({ length: rows }, (_, row) => decoder.decode(bytes.subarray(ends[row], ends[row + 1])));
}
