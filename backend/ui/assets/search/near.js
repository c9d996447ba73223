// Suggests known keys for a misspelled one.

const MOST = 3;
const OF_LENGTH = 4; // one wrong letter per this many, but at least two

/** Similar known keys, nearest first: a few letters apart, or with an additional prefix. */
export function nearKeys(key, known) {
  const wanted = plain(key);
  const most = Math.max(2, Math.floor(wanted.length / OF_LENGTH));
  return known
    .map((name) => ({ name, apart: plain(name).endsWith(`.${wanted}`) ? 1 : lettersApart(wanted, plain(name), most) }))
    .filter(({ name, apart }) => apart <= most && apart < wanted.length && name !== key)
    .sort((one, other) => one.apart - other.apart)
    .slice(0, MOST)
    .map(({ name }) => name);
}

/** Ignore case and word separators. */
function plain(key) {
  return key.toLowerCase().replaceAll(/[_\-/:]/g, ".");
}

/** The Levenshtein distance; stops early with a number above `most` once it is certain to exceed that. */
function lettersApart(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let before = Array.from({ length: other.length + 1 }, (_, place) => place);
  for (let row = 1; row <= one.length; row += 1) {
    const here = [row];
    for (let place = 1; place <= other.length; place += 1) {
      const replaced = before[place - 1] + (one[row - 1] === other[place - 1] ? 0 : 1);
      here.push(Math.min(replaced, before[place] + 1, here[place - 1] + 1));
    }
    before = here;
  }
  return before[other.length];
}
