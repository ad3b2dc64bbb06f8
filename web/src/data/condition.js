/**
 * Conditions on runs, in the language of the API's `where`, read here so that a brush does not wait for the server. As in SQL, a
 * comparison with null is neither true nor false.
 *
 *     condition   = conjunction *("or" conjunction)
 *     conjunction = negation *("and" negation)
 *     negation    = "not" negation / "(" condition ")" / operand comparison operand / column "is" ["not"] "null"
 *
 * @typedef {{kind: "column", name: string} | {kind: "number", value: number} | {kind: "text", value: string}
 *   | {kind: "bool", value: boolean}} Operand
 * @typedef {"=" | "!=" | "<" | "<=" | ">" | ">="} Comparison
 * @typedef {{kind: "compare", left: Operand, comparison: Comparison, right: Operand} | {kind: "isNull", name: string}
 *   | {kind: "not", inner: Condition} | {kind: "and" | "or", left: Condition, right: Condition}} Condition
 */

const TOKEN = /\s*(?:(`(?:[^`]|``)*`)|('(?:[^']|'')*'|"(?:[^"]|"")*")|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![\w.])|(<=|>=|!=|<>|==|[=<>()])|([\p{L}_][\p{L}\p{N}_.]*))/uy;

/** What is wrong with a condition, and where. */
export class ConditionError extends Error {}

/**
 * @typedef {{kind: "quotedName" | "text" | "number" | "sign" | "name", text: string, at: number}} Token
 * @param {string} text
 * @returns {Token[]}
 */
function tokens(text) {
  const found = /** @type {Token[]} */ ([]);
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new ConditionError(`Not understood from character ${at + 1} on: ${text.slice(at, at + 20).trim()}`);
    const [, quotedName, quoted, digits, sign, name] = match;
    if (quotedName !== undefined) found.push({ kind: "quotedName", text: unquoted(quotedName), at });
    else if (quoted !== undefined) found.push({ kind: "text", text: unquoted(quoted), at });
    else if (digits !== undefined) found.push({ kind: "number", text: digits, at });
    else if (sign !== undefined) found.push({ kind: "sign", text: sign, at });
    else found.push({ kind: "name", text: name, at });
  }
  return found;
}

/** @param {string} text */
function unquoted(text) {
  const quote = text[0];
  return text.slice(1, -1).split(quote + quote).join(quote);
}

/**
 * @param {string} text
 * @returns {Condition}
 * @throws {ConditionError}
 */
export function parse(text) {
  const list = tokens(text);
  let place = 0;

  const wrong = (/** @type {string} */ expected) => {
    const token = list[place];
    const where = token ? `character ${token.at + 1}, at '${token.text}'` : "the end";
    return new ConditionError(`Expected ${expected} at ${where}.`);
  };
  const takesWord = (/** @type {string} */ word) => {
    const token = list[place];
    if (token?.kind !== "name" || token.text.toLowerCase() !== word) return false;
    place += 1;
    return true;
  };
  const takesSign = (/** @type {string} */ sign) => {
    const token = list[place];
    if (token?.kind !== "sign" || token.text !== sign) return false;
    place += 1;
    return true;
  };

  /** @returns {Condition} */
  function condition() {
    let left = conjunction();
    while (takesWord("or")) left = { kind: "or", left, right: conjunction() };
    return left;
  }

  /** @returns {Condition} */
  function conjunction() {
    let left = negation();
    while (takesWord("and")) left = { kind: "and", left, right: negation() };
    return left;
  }

  /** @returns {Condition} */
  function negation() {
    if (takesWord("not")) return { kind: "not", inner: negation() };
    if (takesSign("(")) {
      const inner = condition();
      if (!takesSign(")")) throw wrong("')'");
      return inner;
    }
    return comparison();
  }

  /** @returns {Condition} */
  function comparison() {
    const left = operand();
    if (left.kind === "column" && takesWord("is")) {
      const isNot = takesWord("not");
      if (!takesWord("null")) throw wrong("'null'");
      const isNull = /** @type {Condition} */ ({ kind: "isNull", name: left.name });
      return isNot ? { kind: "not", inner: isNull } : isNull;
    }
    const token = list[place];
    if (token?.kind !== "sign" || token.text === "(" || token.text === ")") throw wrong(
      "one of =, !=, <, <=, >, >= or 'is null'",
    );
    place += 1;
    const sign = token.text === "==" ? "=" : token.text === "<>" ? "!=" : token.text;
    return { kind: "compare", left, comparison: /** @type {Comparison} */ (sign), right: operand() };
  }

  /** @returns {Operand} */
  function operand() {
    const token = list[place];
    if (!token || token.kind === "sign") throw wrong("a column or a value");
    place += 1;
    switch (token.kind) {
      case "number":
        return { kind: "number", value: Number(token.text) };
      case "text":
        return { kind: "text", value: token.text };
      case "quotedName":
        return { kind: "column", name: token.text };
      default:
        if (token.text === "true" || token.text === "false") return { kind: "bool", value: token.text === "true" };
        return { kind: "column", name: token.text };
    }
  }

  const whole = condition();
  if (place < list.length) throw wrong("'and', 'or' or the end");
  return whole;
}

/**
 * The name of a column as a condition has it.
 *
 * @param {string} name
 */
export function quotedName(name) {
  const isPlain = /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(name) && !/^(and|or|not|is|null|true|false)$/i.test(name);
  return isPlain ? name : `\`${name.replaceAll("`", "``")}\``;
}

/** @param {string} text */
export function quotedText(text) {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * The condition that a column lies in a range.
 *
 * @param {string} name
 * @param {number} low
 * @param {number} high
 */
export function between(name, low, high) {
  const column = quotedName(name);
  return `${column} >= ${short(low)} and ${column} <= ${short(high)}`;
}

/** @param {number} value */
function short(value) {
  return String(Number(value.toPrecision(7)));
}
