// Keys that somebody may have meant who wrote another one.

const MOST = 3;
const OF_LENGTH = 4; // one letter in so many may be wrong, and two at least

/** Those of the known keys that are near, the nearest first: a few letters apart, or with another one in front. */
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

/** Case and the sign between two words are forgotten first. */
function plain(key) {
  return key.toLowerCase().replaceAll(/[_\-/:]/g, ".");
}

/** By how many letters two texts differ (Levenshtein); more than `most` where that is certain. */
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
