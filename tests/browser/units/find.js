// Which spans have what is looked for.

import { readTrace } from "/assets/common/model.js";
import { readTerms } from "/assets/common/terms.js";
import { matcher, textsOf } from "/assets/trace/find/matching.js";

export function matches({ resourceSpans, texts }) {
  const { spans } = readTrace(resourceSpans);
  return texts.map((text) => {
    const matches = matcher(readTerms(text).terms);
    return spans.filter((span) => matches(span, textsOf(span))).map(({ name }) => name);
  });
}
