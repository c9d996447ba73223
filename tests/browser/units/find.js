// Which spans have what is looked for.

import { readTrace } from "/assets/common/model.js";
import { fits, readWords, textsOf } from "/assets/trace/find/matching.js";

export function matches({ resourceSpans, texts }) {
  const { spans } = readTrace(resourceSpans);
  return texts.map((text) => spans.filter((span) => fits(textsOf(span), readWords(text))).map(({ name }) => name));
}
