// Tags as one types them, such as `http.route=/ peer!=db name="a b" url=https://*`.

const TERM = /(?!!)([^\s="]+?)(?:(!?=)(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?(?=\s|$)/sy;
const HOW = 'Write key=value, or key="a value with blanks"';
const PLAIN_KEY = /^[^\s="]+(?<!!)$/;

/**
 * Read them, also Jaeger's own `{"key":"value"}`; a fault in a person's words. A term says what a span has to have
 * under a key: `{key, other, pieces}`, `other` for any value but this one. One piece is the value itself, between
 * several there may be anything.
 */
export function readTags(text) {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) return readJson(trimmed);
  const terms = [];
  let at = 0;
  while (at < trimmed.length) {
    TERM.lastIndex = at;
    const found = TERM.exec(trimmed);
    if (!found) return { terms: [], fault: `Not understood: ${trimmed.slice(at, at + 30)}. ${HOW}` };
    const [whole, key, sign, quoted, bare] = found;
    // A key alone means that it is true, as in logfmt.
    const pieces = sign ? piecesOf(quoted ?? bare) : ["true"];
    if (pieces.slice(0, -1).some((piece) => piece.endsWith("\\"))) {
      return { terms: [], fault: "A wildcard cannot follow a backslash; put the * elsewhere" };
    }
    terms.push({ key, other: sign === "!=", pieces });
    at += whole.length;
    while (/\s/.test(trimmed[at] ?? "")) at += 1;
  }
  return { terms, fault: null };
}

function readJson(text) {
  const fault = 'Not understood: expected JSON such as {"key":"value"}';
  try {
    const entries = Object.entries(JSON.parse(text));
    if (entries.some(([, value]) => typeof value === "object")) return { terms: [], fault };
    return { terms: entries.map(([key, value]) => ({ key, other: false, pieces: [String(value)] })), fault: null };
  } catch {
    return { terms: [], fault };
  }
}

function piecesOf(value) {
  const pieces = [""];
  for (const [, escaped, star, other] of value.matchAll(/\\([*"\\])|(\*)|([^*])/gs)) {
    if (star) pieces.push("");
    else pieces[pieces.length - 1] += escaped ?? other;
  }
  return pieces;
}

/** Terms as one would type them; Jaeger's JSON where a key cannot be typed. */
export function writeTags(terms) {
  if (!terms.every(({ key }) => PLAIN_KEY.test(key))) {
    return JSON.stringify(Object.fromEntries(terms.map(({ key, pieces }) => [key, pieces[0]])));
  }
  return terms
    .map(({ key, other, pieces }) => {
      const value = pieces.map((piece) => piece.replaceAll(/[*"\\]/g, "\\$&")).join("*");
      return `${key}${other ? "!=" : "="}${value === "" || /[\s"]/.test(value) ? `"${value}"` : value}`;
    })
    .join(" ");
}

/**
 * Terms as the query API takes them: `attributes`, the exact ones, as Jaeger has them, and `filters`, the rest, each a
 * text such as `key!=val*`, which only the embedded back end knows.
 */
export function asked(terms) {
  const attributes = Object.create(null); // a key may be __proto__
  const filters = [];
  for (const { key, other, pieces } of terms) {
    // In filters these two are names instead of attributes.
    const name = key === "service" || key === "operation";
    if (!other && !name && pieces.length === 1 && !(key in attributes)) attributes[key] = pieces[0];
    else filters.push(`${key}${other ? "!=" : "="}${pieces.map((piece) => piece.replaceAll("*", "\\*")).join("*")}`);
  }
  return { attributes, filters };
}
