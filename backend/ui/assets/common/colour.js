// The colours of services: seven that colour-blind people can tell apart (Okabe and Ito), then the same with stripes.

import { keep, recall } from "./storage.js";

const COLOURS = 7;
const PATTERNS = 3;

const KEPT = 500; // services whose colour is remembered

const given = new Map(); // service: number, on this page
const kept = remembered(); // service: number, on all pages of this browser

/**
 * Give services their colours: those they had on other pages. Where two of this page want the same, the later one takes
 * the next that is free.
 */
export function colourServices(services) {
  const taken = new Set(given.values());
  const fresh = services.filter((service) => !given.has(service)).sort();
  // Those that have one already come first, so that they keep it.
  for (const service of [...fresh.filter((one) => kept.has(one)), ...fresh.filter((one) => !kept.has(one))]) {
    const number = free(kept.get(service) ?? hash(service) % COLOURS, taken);
    given.set(service, number);
    taken.add(number);
    if (!kept.has(service)) kept.set(service, number);
  }
  if (fresh.length > 0) keep("colours", [...kept].slice(-KEPT));
}

/** The wanted number, or the next that nobody has: plain colours first, then those with stripes. */
function free(wanted, taken) {
  if (!taken.has(wanted)) return wanted;
  for (let step = 0; step < COLOURS * PATTERNS; step += 1) {
    const number = ((wanted + step) % COLOURS) + COLOURS * Math.floor(step / COLOURS);
    if (!taken.has(number)) return number;
  }
  return wanted;
}

/** The classes that paint something in a service's colour: it reads `--colour` and may use `--pattern`. */
export function colourClass(service) {
  if (!given.has(service)) colourServices([service]);
  const number = given.get(service);
  return `colour-${number % COLOURS} pattern-${Math.floor(number / COLOURS)}`;
}

function hash(text) {
  let value = 2166136261;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 16777619) >>> 0;
  return value;
}

function remembered() {
  const pairs = recall("colours");
  if (!Array.isArray(pairs)) return new Map();
  return new Map(pairs.filter(([, number]) => Number.isInteger(number) && number >= 0 && number < COLOURS * PATTERNS));
}
