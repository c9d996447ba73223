// Possible reasons for a missing span, in plain words.

import { shortened } from "../../common/dom.js";
import { duration } from "../../common/format.js";

const FRESH = 30_000; // ms: exporters send a batch every 5 s by default, and a collector may hold it as long again
const OLD = 10 * 60_000; // ms: longer than most requests take
const BY_HAND = /^(curl|wget|httpie|xh|postmanruntime|insomnia|bruno|k6|hey|vegeta|apachebench)\b/i;
const BROWSER = /^mozilla\//i;

/**
 * The reasons, most likely first: `{title, short, text, check, likely}`. `short` completes a sentence, `check` says
 * where to look, or is "", `likely` is "most likely", "possible" or "unlikely". They depend on `{missing, caller, age,
 * flags}`: `caller` as from callerOf, `age` in ms since its children ended, `flags` as from flagsIn.
 */
export function reasonsFor(about) {
  const all = about.caller.remote
    ? [byHand, notEnded, notExported, lost, elsewhere, sampledOut]
    : [notEnded, notExported, lost, filtered];
  const weighed = all.map((reason) => reason(about)).filter(Boolean);
  weighed.sort((one, other) => other.weight - one.weight); // stable: equal weights keep their order
  return weighed.map(({ weight, ...reason }, place) => ({
    ...reason,
    likely: place === 0 ? "most likely" : weight > 0 ? "possible" : "unlikely",
  }));
}

function byAge(age, fresh, later, old) {
  return age < FRESH ? fresh : age < OLD ? later : old;
}

function whose(caller) {
  return caller.service ? shortened(caller.service, 80) : "Its program";
}

function notEnded({ caller, age, missing }) {
  const ended = `${missing.children.length > 1 ? "Its children" : "Its child"} ended ${duration(age * 1000)} ago`;
  const asynchronous = missing.children.some((child) => child.kind === "consumer");
  return {
    title: "It has not ended yet",
    short: "it has not ended yet",
    text:
      "A span is sent when it ends, and a parent ends after its children: so these arrive first. " +
      byAge(
        age,
        "In a trace as young as this one that is the usual reason, and it heals by itself.",
        `${ended}: it would be one that takes long.`,
        `${ended}: only a stream, a job, or a response that nobody reads to its end stays open that long.`,
      ),
    check: "",
    weight: byAge(age, asynchronous ? 2 : 5, caller.sends ? 3 : 2, 0),
  };
}

function notExported({ age }) {
  return {
    title: "It has ended, but is not exported yet",
    short: "it is not exported yet",
    text:
      "Ended spans are sent in batches: every 5 s if nobody changed it, every 0.2 s in this playground. A collector " +
      "on the way may gather them again, and an exporter that finds no collector tries again for a while.",
    check: "OTEL_BSP_SCHEDULE_DELAY sets the time between two batches, in milliseconds.",
    weight: byAge(age, 4, 1, 0),
  };
}

function lost({ caller, age }) {
  return {
    title: "It was lost",
    short: "it was lost",
    text:
      `${whose(caller)} stopped before the span ended, or before its last batch was sent; or no collector took its ` +
      "spans; or its queue was full (2,048 spans if nobody changed it).",
    check:
      "The program's log. Those of this playground say at their stop: “1 of 2 spans were lost: no collector took " +
      "them”. A program has to call shutdown() of its tracer provider before it leaves.",
    weight: byAge(age, 1, caller.sends ? 2 : 3, 5),
  };
}

function elsewhere({ caller, age }) {
  const browser = BROWSER.test(caller.program);
  return {
    title: "It went elsewhere, or nowhere",
    short: "its program sends its spans elsewhere, or nowhere",
    text:
      `Passing the header on is one thing, exporting is another. ${whose(caller)} may export to another collector, ` +
      "or not at all. Or something in between, a gateway or a service mesh, put an id of its own into the header." +
      (browser
        ? " Here the caller is a web browser: its page needs an exporter, and a receiver that lets it in (CORS)."
        : ""),
    check:
      "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT and OTEL_TRACES_EXPORTER of the caller. In this playground `make verify` " +
      "checks each hop.",
    weight: caller.sends ? 0 : byAge(age, browser ? 6 : 1, browser ? 6 : 3, browser ? 6 : 4),
  };
}

function sampledOut({ age, flags, missing }) {
  const called = shortened(missing.children[0].service, 80);
  const not = flags !== null && (flags & 1) === 0;
  return {
    title: "It was sampled out",
    short: "it was sampled out",
    text:
      `The caller decided not to record it and said so in the header's flags, but ${called} recorded its part all ` +
      "the same, as a sampler does that decides by itself. One that follows its parent would have left out both." +
      (not ? " Here the flags do say: not sampled." : ""),
    check: "OTEL_TRACES_SAMPLER of both: those named parentbased_… follow the parent, as SDKs do if nobody changed it.",
    weight: not ? 7 : byAge(age, 0, 1, 2),
  };
}

function filtered({ age }) {
  return {
    title: "It was left out on the way",
    short: "something on the way left it out",
    text:
      "A span processor, or a filter in a collector, may leave out single spans (health checks, inner steps) and " +
      "keep their children. Sampling is hardly a reason: within a process a child follows its parent's decision.",
    check: "The processors of the program, and those in the collector's configuration.",
    weight: byAge(age, 0, 1, 2),
  };
}

function byHand({ caller }) {
  if (!BY_HAND.test(caller.program)) return null;
  return {
    title: "It never was: the header was written by hand",
    short: "the header was written by hand",
    text:
      `${shortened(caller.program, 80)} makes no spans. Somebody gave it a traceparent header to send, with an id ` +
      "that belongs to no span. Nothing will arrive.",
    check: "",
    weight: 8,
  };
}
