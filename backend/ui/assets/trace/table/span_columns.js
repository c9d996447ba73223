// The columns of the span table.

import { button, element, name, serviceName, titleOf } from "../../common/dom.js";
import { duration, exact } from "../../common/format.js";
import { durationColumn } from "../../common/table.js";
import { attributeText } from "./grouping.js";

const NUMBER = /^-?\d{1,15}(\.\d{1,15})?$/;

/** The columns every span has, see Column in table.js; in addition, `text` is what the filter searches. */
export function spanColumns(selfTime) {
  return [
    {
      id: "start",
      title: "Start",
      hint: "from the trace's begin",
      number: true,
      ascending: true,
      width: "7.4rem",
      value: ({ start }) => start,
      cell: ({ start }) => duration(start),
      full: (span) => `${exact(span.startNs)}, by the clock of ${titleOf(span.service)}`,
    },
    text("service", "Service", "11rem", (span) => span.service, (span) => serviceName(span.service)),
    text("operation", "Operation", "16rem", (span) => span.name, (span) => name(span.name)),
    text("kind", "Kind", "5.5rem", (span) => span.kind),
    time("duration", "Duration", ({ duration: lasted }) => lasted),
    time("self", "Self time", selfTime, "while none of its children ran"),
    text("status", "Status", "6.5rem", (span) => [span.status, span.statusMessage].join(" "), statusCell),
    text("id", "Span id", "10.5rem", (span) => span.id, ({ id }) => element("code", "", id)),
  ];
}

export function attributeColumn(key, remove) {
  const value = (span) => {
    const found = attributeText(span, key);
    return found !== null && NUMBER.test(found) ? Number(found) : found;
  };
  const found = (span) => attributeText(span, key) ?? "";
  return {
    ...text(`attribute:${key}`, key, "11rem", found, (span) => name(found(span) || " ")),
    value,
    extra: button("×", { class: "plain remove", "aria-label": `Remove the column ${titleOf(key)}` }, remove),
  };
}

function text(id, title, width, of, cell = (span) => name(of(span) || " ")) {
  const value = (span) => of(span).toLowerCase();
  return { id, title, width, text: of, value, cell, full: (span) => titleOf(of(span)) };
}

function time(id, title, of, hint) {
  return durationColumn(id, title, of, { hint, width: "7.4rem" });
}

function statusCell({ status, error }) {
  if (error) return element("span", "badge error", "✗ error");
  return element("span", status === "unset" ? "quiet" : "", status);
}
