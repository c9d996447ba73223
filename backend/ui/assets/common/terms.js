// The search language, for traces and within a trace: terms such as `declined http.route=/ code>=500 name~"a b"`. A
// span must meet all of them.

import { microseconds } from "./format.js";

const QUOTED = '"((?:[^"\\\\]|\\\\.)*)"';
const TERM = new RegExp(`(?:${QUOTED}|((?!!=)[^\\s="<>~]+?))?(?:(!=|>=|<=|[=<>~])(?:${QUOTED}|([^\\s"]*)))?(?=\\s|$)`, "sy");
const HOW = 'Write key=value, a word, or "a text with blanks"';
const PLAIN_KEY = /^(?!\{)[^\s="<>~\\]+(?<!!)$/;
const PLAIN_TEXT = /^(?!\{)[^\s="<>~\\]+$/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?$/;
const WHOLE = /^[+-]?\d+$/;
const PATTERNS = new Set(["=", "!="]);
/** For this key, comparisons use the span's duration. */
export const DURATION = "duration";

/**
 * A condition on the values of a key. The sign is `=`, `!=`, `>`, `>=`, `<`, `<=`, or `~` for "contains". An empty key,
 * always with `~`, is free text, which matches anywhere in the span. With `=` and `!=`, a single piece is the exact
 * value, and several may have anything in between; other signs have one piece.
 * @typedef {{key: string, sign: string, pieces: string[]}} Term
 */

/**
 * Parse terms, or Jaeger's `{"key":"value"}`; `fault` is an error message for the user.
 * @returns {{terms: Term[], fault: string | null}}
 */
export function readTerms(text) {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) return readJson(trimmed);
  const terms = [];
  for (const part of partsOf(trimmed)) {
    const fault = part.term ? faultOf(part.term) : `Not understood: ${trimmed.slice(part.at, part.at + 30)}. ${HOW}`;
    if (fault) return { terms: [], fault };
    terms.push(part.term);
  }
  return { terms, fault: null };
}

/**
 * The parts of a text with their positions: `{at, end, key, sign, value, term}`; `sign` is "" if there is none. If the
 * last part is not a valid term, it has no `term`.
 */
export function* partsOf(text) {
  let at = text.search(/\S/);
  while (at >= 0 && at < text.length) {
    TERM.lastIndex = at;
    const found = TERM.exec(text);
    const [whole, quotedKey, bareKey, sign = "", quoted, bare] = found ?? [""];
    if (!whole || (quotedKey === "" && sign) || (!bareKey && !quotedKey && sign !== "" && sign !== "~")) {
      yield { at, end: text.length, term: null };
      return;
    }
    const key = quotedKey === undefined ? (bareKey ?? "") : unescaped(quotedKey);
    const value = quoted ?? bare ?? "";
    yield { at, end: at + whole.length, key, sign, value, term: termOf(key, sign, value) };
    at += whole.length;
    while (/\s/.test(text[at] ?? "")) at += 1;
  }
}

function termOf(key, sign, value) {
  if (!sign) return freeText(key);
  return { key, sign, pieces: PATTERNS.has(sign) ? piecesOf(value) : [unescaped(value)] };
}

export function freeText(text) {
  return { key: "", sign: "~", pieces: [text] };
}

/** A term for an exact value. */
export function equal(key, value) {
  return { key, sign: "=", pieces: [value] };
}

function faultOf({ key, sign, pieces }) {
  if (PATTERNS.has(sign)) {
    const hidden = pieces.slice(0, -1).some((piece) => piece.endsWith("\\"));
    return hidden ? "A wildcard cannot follow a backslash; put the * elsewhere" : null;
  }
  const [value] = pieces;
  if (sign === "~") return value ? null : `Write a text after ${key}~`;
  if (key === DURATION) {
    return microseconds(value) === null ? `Write a duration with its unit: ${key}${sign}100ms` : null;
  }
  return numberOf(value) === null ? `Write a number after ${key}${sign}` : null;
}

/** Parse a number: a BigInt if it is whole; null if it is not a number. */
export function numberOf(text) {
  if (text.length > 400 || !NUMBER.test(text)) return null;
  return WHOLE.test(text) ? BigInt(text.replace("+", "")) : Number(text);
}

function readJson(text) {
  const fault = 'Not understood: expected JSON such as {"key":"value"}';
  try {
    const entries = Object.entries(JSON.parse(text));
    if (entries.some(([key, value]) => !key || typeof value === "object")) return { terms: [], fault };
    return { terms: entries.map(([key, value]) => equal(key, String(value))), fault: null };
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

function unescaped(text) {
  return text.replaceAll(/\\(["\\])/g, "$1");
}

/** Format terms as typed. */
export function writeTerms(terms) {
  return terms.map(writeTerm).join(" ");
}

export function writeTerm({ key, sign, pieces }) {
  if (!key) return quotedUnless(PLAIN_TEXT, pieces[0]);
  if (!PATTERNS.has(sign)) return `${writeKey(key)}${sign}${quotedUnless(/^[^\s"\\]+$/, pieces[0])}`;
  const value = pieces.map((piece) => piece.replaceAll(/[*"\\]/g, "\\$&")).join("*");
  return `${writeKey(key)}${sign}${value === "" || /[\s"]/.test(value) ? `"${value}"` : value}`;
}

/** Format a key as typed before a sign. */
export function writeKey(key) {
  return quotedUnless(PLAIN_KEY, key);
}

function quotedUnless(plain, text) {
  return plain.test(text) ? text : `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** Format a term as a filter for the embedded back end's query API; see docs/architecture.md. */
export function filterOf({ key, sign, pieces }) {
  const name = /[=<>~"\\]|!$/.test(key) ? `"${key.replaceAll(/["\\]/g, "\\$&")}"` : key;
  const value = PATTERNS.has(sign) ? pieces.map((piece) => piece.replaceAll("*", "\\*")).join("*") : pieces[0];
  return `${name}${sign}${value}`;
}

/**
 * Split the terms into those that Jaeger can search for, exact values with distinct keys, as its `attributes`, and the
 * `others`. `service` and `operation` belong to the others: Jaeger would treat them as attributes.
 */
export function jaegerTags(terms) {
  const attributes = Object.create(null); // a key may be __proto__
  const others = [];
  for (const term of terms) {
    const { key, sign, pieces } = term;
    const isName = key === "service" || key === "operation";
    if (sign === "=" && !isName && pieces.length === 1 && !(key in attributes)) attributes[key] = pieces[0];
    else others.push(term);
  }
  return { attributes, others };
}
