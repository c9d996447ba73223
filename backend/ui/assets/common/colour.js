// The colours of services. A service has the same one on all pages: it follows from the names of all services.

import { services } from "./api.js";

// The first are furthest apart, also to colour-blind people; the others come where there are more services than that.
const FIRST = 7;
const COLOURS = 16; // as in style.css
const PATTERNS = 3;
const PATIENCE = 1000; // ms that a page waits for the names

const everywhere = new Map(); // service: its colour, once for all pages
const shown = new Map(); // service: the number of its colour and stripes on this page

/** Ends when the names of all services are known, or do not come; before that nothing is to be drawn. */
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

/** Colour the services that a page shows, beside those it has shown. Two get the same colour only if there is no other. */
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

/** The classes that paint something in a service's colour: it reads `--colour` and may use `--pattern`. */
export function colourClass(service) {
  if (!shown.has(service)) colourServices([service]);
  const number = shown.get(service);
  return `colour-${number % COLOURS} pattern-${Math.floor(number / COLOURS)}`;
}

/** A number that is not taken: where the name points to, or the next one; with stripes once there is none without. */
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
