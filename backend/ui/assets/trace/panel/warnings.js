// Translates Jaeger's warnings to plain words.

import { skewText } from "../skew.js";

// Missing spans have their own rows and panel; skew.js handles spans that do not fit into their parents.
export const TOLD_ELSEWHERE =
  /^(invalid parent span IDs=|parent span ID=.* is not in the trace|clock skew adjustment disabled)/;

const WORDS = [
  [
    /^Negative duration detected, sanitizing end timestamp\. Original end timestamp: (.+), adjusted to: .+$/,
    ([, end]) =>
      end.startsWith("1970-01-01 ")
        ? "This span came without an end. It is shown as if it took no time."
        : `This span came with an end before its start (${end}): a clock was set back meanwhile, or a program is ` +
          "wrong. It is shown as if it took no time.",
  ],
  [
    /^duplicate span IDs; skipping clock skew adjustment$/,
    () =>
      "Another span of this trace has the same id. One of them may be a copy that was sent twice, or a program " +
      "makes ids that are not random.",
  ],
  [
    /^conflicting values between Span and Resource for attribute (.+)$/,
    ([, key]) => `Both this span and its resource have ${key}, with different values.`,
  ],
  [
    /^Invalid span link removed$/,
    () => "This span had a link without a trace id, which leads nowhere; it is left out.",
  ],
];

export function plainWarnings(span, { skews }) {
  const told = span.warnings.filter((text) => !TOLD_ELSEWHERE.test(text)).map(plain);
  const skew = skewText(span, skews.get(span.id));
  return skew ? [skew, ...told] : told;
}

function plain(text) {
  for (const [pattern, words] of WORDS) {
    const found = pattern.exec(text);
    if (found) return words(found);
  }
  return text;
}
