// Elements. Texts of spans go into the page through textContent alone, so they stay texts.

/** Make an element: its class, and what is in it, texts or elements; null is left out. */
export function element(name, className = "", ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content.filter((part) => part !== null));
  return made;
}

/** Set a text only if it is another one, so that screen readers do not repeat it. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** The hue of a service: the same on every page and in every session, far apart for similar names. */
export function hue(service) {
  let hash = 2166136261;
  for (const byte of new TextEncoder().encode(service)) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
  return Math.round((hash * 137.508) % 360);
}

/** A service's name behind a dot of its colour. */
export function serviceLabel(service, ...more) {
  const label = element("span", "service", service || "(no name)", ...more);
  label.style.setProperty("--hue", hue(service));
  return label;
}
