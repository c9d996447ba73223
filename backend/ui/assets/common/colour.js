// The colours of services. A service has the same colour on all pages, derived from the names of all services.

import { services } from "./api.js";

// The first seven are the most distinct, also to colour-blind people; more services use the others.
const FIRST = 7;
const COLOURS = 16; // as in style.css
const PATTERNS = 3;
const PATIENCE = 1000; // ms to wait for the names

const everywhere = new Map(); // service: its colour, the same on all pages
const shown = new Map(); // service: the number of its colour and stripes on this page

/** Resolves once the names of all services are known, or fail to arrive; draw nothing before that. */
export const namesKnown = Promise.race([services(), new Promise((done) => setTimeout(done, PATIENCE, []))]).then(
  colourEverywhere,
  () => {},
);

function colourEverywhere(names) {
  const given = new Set();
  for (const name of names) {
    everywhere.set(name, choice(name, given));
    given.add(everywhere.get(name));
  }
}

/** Assign colours to the services of a page, in addition to earlier ones. Reuses a colour only if none is free. */
export function colourServices(some) {
  const fresh = [...new Set(some)].filter((service) => !shown.has(service)).sort();
  const taken = new Set(shown.values());
  const give = (service, number) => {
    shown.set(service, number);
    taken.add(number);
  };
  const contested = fresh.filter((service) => {
    const own = everywhere.get(service) ?? -1;
    if (own < 0 || own >= COLOURS || taken.has(own)) return true;
    give(service, own);
    return false;
  });
  for (const service of contested) give(service, choice(service, taken));
}

/** The classes for a service's colour: they set `--colour` and, for stripes, `--pattern`. */
export function colourClass(service) {
  if (!shown.has(service)) colourServices([service]);
  const number = shown.get(service);
  return `colour-${number % COLOURS} pattern-${Math.floor(number / COLOURS)}`;
}

/** A free number: the name's hash, or the next one; with stripes once all plain colours are taken. */
function choice(name, taken) {
  const pointed = hash(name);
  for (const [from, size] of ranges()) {
    for (let step = 0; step < size; step += 1) {
      const number = from + ((pointed + step) % size);
      if (!taken.has(number)) return number;
    }
  }
  return pointed % COLOURS;
}

function* ranges() {
  for (let pattern = 0; pattern < PATTERNS; pattern += 1) {
    yield [pattern * COLOURS, FIRST];
    yield [pattern * COLOURS + FIRST, COLOURS - FIRST];
  }
}

function hash(text) {
  let value = 2166136261;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 16777619) >>> 0;
  return value;
}
