// What tags, addresses and times of a search mean, and where axes have their ticks.

import { nearKeys } from "/assets/search/near.js";
import { durationScale, timeTicks } from "/assets/common/scale.js";
import { bounds, readQuery, writeQuery } from "/assets/search/query.js";
import { filterOf, jaegerTags, readTerms, writeTerms } from "/assets/common/terms.js";

export function read(texts) {
  return texts.map(readTerms);
}

/** As the query API takes them. */
export function filters(texts) {
  return texts.map((text) => readTerms(text).terms.map(filterOf));
}

/** What Jaeger can find, and what it cannot. */
export function tags(texts) {
  return texts.map((text) => {
    const { attributes, others } = jaegerTags(readTerms(text).terms);
    return [Object.entries(attributes), others.map(filterOf)];
  });
}

export function written(texts) {
  return texts.map((text) => writeTerms(readTerms(text).terms));
}

export function queries(texts) {
  return texts.map((text) => readQuery(new URLSearchParams(text), "all"));
}

export function queriesAgain(read) {
  return read.map((query) => readQuery(writeQuery(query), "none"));
}

export function times(cases) {
  return cases.map(([query, now]) => bounds(query, now));
}

export function near([key, known]) {
  return nearKeys(key, known);
}

export function ticks(cases) {
  return cases.map(([from, to, most]) => timeTicks(from, to, most));
}

export function scale([durations, logarithmic]) {
  const { ticks, part } = durationScale(durations, logarithmic);
  return [ticks, durations.map(part)];
}
