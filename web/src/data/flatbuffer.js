/**
 * Reads tables of a FlatBuffer (flatbuffers.dev, "FlatBuffer Internals"), as far as the metadata of Arrow needs them.
 */
export class FlatTable {
  /**
   * @param {DataView} view
   * @param {number} offset Where the table begins.
   */
  constructor(view, offset) {
    this.view = view;
    this.offset = offset;
    this.fields = offset - view.getInt32(offset, true);
    this.fieldsSize = view.getUint16(this.fields, true);
  }

  /**
   * The table that a buffer is about.
   *
   * @param {DataView} view
   */
  static root(view) {
    return new FlatTable(view, view.getUint32(0, true));
  }

  /**
   * Where the value of a field lies; 0 if the table does not have it.
   *
   * @param {number} number
   */
  place(number) {
    const entry = 4 + 2 * number;
    if (entry >= this.fieldsSize) return 0;
    const distance = this.view.getUint16(this.fields + entry, true);
    return distance === 0 ? 0 : this.offset + distance;
  }

  /** @param {number} number */
  byte(number) {
    const place = this.place(number);
    return place ? this.view.getUint8(place) : 0;
  }

  /** @param {number} number */
  short(number) {
    const place = this.place(number);
    return place ? this.view.getInt16(place, true) : 0;
  }

  /** @param {number} number */
  int(number) {
    const place = this.place(number);
    return place ? this.view.getInt32(place, true) : 0;
  }

  /** @param {number} number */
  long(number) {
    const place = this.place(number);
    return place ? longAt(this.view, place) : 0;
  }

  /**
   * Where the object lies that a field refers to.
   *
   * @param {number} number
   */
  target(number) {
    const place = this.place(number);
    return place ? place + this.view.getUint32(place, true) : 0;
  }

  /** @param {number} number */
  table(number) {
    const target = this.target(number);
    return target ? new FlatTable(this.view, target) : null;
  }

  /** @param {number} number */
  text(number) {
    const target = this.target(number);
    if (!target) return "";
    const length = this.view.getUint32(target, true);
    return new TextDecoder().decode(new Uint8Array(this.view.buffer, this.view.byteOffset + target + 4, length));
  }

  /**
   * A vector of tables.
   *
   * @param {number} number
   */
  tables(number) {
    const target = this.target(number);
    if (!target) return [];
    return Array.from({ length: this.view.getUint32(target, true) }, (_, place) => {
      const entry = target + 4 + 4 * place;
      return new FlatTable(this.view, entry + this.view.getUint32(entry, true));
    });
  }

  /**
   * A vector of structs of two 64-bit numbers each.
   *
   * @param {number} number
   * @returns {[number, number][]}
   */
  pairs(number) {
    const target = this.target(number);
    if (!target) return [];
    return Array.from({ length: this.view.getUint32(target, true) }, (_, place) => {
      const entry = target + 4 + 16 * place;
      return [longAt(this.view, entry), longAt(this.view, entry + 8)];
    });
  }
}

/**
 * A 64-bit number, exact up to 2⁵³.
 *
 * @param {DataView} view
 * @param {number} place
 */
export function longAt(view, place) {
  return view.getInt32(place + 4, true) * 4_294_967_296 + view.getUint32(place, true);
}
