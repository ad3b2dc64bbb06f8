/**
 * Reads CSV (RFC 4180) with commas, semicolons or tabs.
 *
 * @param {string} text
 * @param {number} most How many rows at most.
 * @returns {{header: string[], rows: string[][]}}
 */
export function readCSV(text, most) {
  const separator = separatorOf(text.slice(0, text.search(/\r?\n|$/)));
  /** @type {string[][]} */
  const rows = [];
  let fields = /** @type {string[]} */ ([]);
  let field = "";
  let isQuoted = false;
  for (let place = 0; place < text.length && rows.length <= most; place += 1) {
    const character = text[place];
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (text[place + 1] === '"') {
        field += '"';
        place += 1;
      } else isQuoted = false;
    } else if (character === '"' && field === "") isQuoted = true;
    else if (character === separator) {
      fields.push(field);
      field = "";
    } else if (character === "\n") {
      rows.push([...fields, field.replace(/\r$/, "")]);
      fields = [];
      field = "";
    } else field += character;
  }
  if (rows.length <= most && (field !== "" || fields.length > 0)) rows.push([...fields, field]);
  const [header = [], ...rest] = rows;
  return { header, rows: rest };
}

/** @param {string} line */
function separatorOf(line) {
  const counts = [",", ";", "\t"].map((separator) => line.split(separator).length);
  return [",", ";", "\t"][counts.indexOf(Math.max(...counts))];
}
