// Numbers and times as people read and write them.

import { duration, microseconds } from "/assets/common/format.js";

export function durations(list) {
  return list.map(duration);
}

export function read(text) {
  return microseconds(text);
}
