// Suggestions for the tags field: keys of stored traces, and after a sign the values of that key.

import { storedKeys, storedValues } from "../common/api.js";
import { combobox } from "../common/combobox.js";
import { grouped } from "../common/format.js";
import { equal, partsOf, writeKey, writeTerm } from "../common/terms.js";

const MOST = 30;

/** @param {() => string} service the searched service, "" for all */
export function mountSuggestions(field, service) {
  combobox(field, "Keys and values", async (text, caret, asked, signal) => {
    const part = partAt(text, caret);
    if (!part || (!part.written && !asked)) return null;
    const { key, sign, value, from, to } = part;
    const isValue = sign === "=" || sign === "!=";
    if (sign && !isValue) return null;
    const about = isValue ? { key, match: value } : { match: key };
    const told = await (isValue ? storedValues : storedKeys)({ ...about, service: service() }, signal);
    const write = (word) => (isValue ? `${writeTerm({ ...equal(key, word), sign })} ` : `${writeKey(word)}=`);
    const written = text.slice(from, to);
    const options = told.found
      .map(({ text: word, spans }) => ({ label: word, times: spans, write: write(word), from, to }))
      .filter((option) => option.write.trim() !== written);
    const note = told.complete ? "" : `Of the newest ${grouped(told.spans)} spans`;
    return { options: options.slice(0, MOST), note };
  });
}

/** The term at the caret, `{key, sign, value, from, to}`, and whether there is any; null if it is not a term. */
export function partAt(text, caret) {
  const before = text.slice(0, caret);
  const to = caret + /^\S*/.exec(text.slice(caret))[0].length;
  let last = [...partsOf(before)].at(-1);
  if (last && !last.term) {
    const { at } = last;
    const [closed, more] = partsOf(`${before.slice(at)}"`); // an open quote is still being typed
    if (!closed?.term || more) return null;
    return { ...closed, from: at, to, written: true };
  }
  if (!last || last.end < caret) last = { key: "", sign: "", value: "", at: caret };
  return { ...last, from: last.at, to, written: last.at < caret };
}
