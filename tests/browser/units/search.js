// What tags, addresses and times of a search mean, and where axes have their ticks.

import { durationScale, timeTicks } from "/assets/search/plot/scale.js";
import { bounds, readQuery, writeQuery } from "/assets/search/query.js";
import { asked, readTags, writeTags } from "/assets/search/tags.js";

export function read(texts) {
  return texts.map(readTags);
}

/** Attributes and filters, as the query API takes them. */
export function meant(texts) {
  return texts.map((text) => {
    const { attributes, filters } = asked(readTags(text).terms);
    return [Object.entries(attributes), filters];
  });
}

export function written(texts) {
  return texts.map((text) => writeTags(readTags(text).terms));
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

export function ticks(cases) {
  return cases.map(([from, to, most]) => timeTicks(from, to, most));
}

export function scale([durations, logarithmic]) {
  const { ticks, part } = durationScale(durations, logarithmic);
  return [ticks, durations.map(part)];
}
