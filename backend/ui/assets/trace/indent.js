// JSON laid out in lines. It is not parsed and written anew: that would round large numbers and lose repeated keys.

const MOST = 1_000_000; // characters
const PART = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/gs;

/** A JSON object or array with each entry on a line of its own; null if the text is neither, or very long. */
export function indented(text) {
  if (text.length > MOST || !/^\s*[[{]/.test(text)) return null;
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  let [written, depth, before] = ["", 0, ""];
  const line = () => `\n${"  ".repeat(depth)}`;
  for (const [part] of text.matchAll(PART)) {
    const opened = before === "[" || before === "{";
    if (part === "]" || part === "}") {
      depth -= 1;
      written += opened ? part : line() + part;
    } else {
      written += (opened || before === "," ? line() : before === ":" ? " " : "") + part;
      if (part === "[" || part === "{") depth += 1;
    }
    before = part;
  }
  return written;
}
