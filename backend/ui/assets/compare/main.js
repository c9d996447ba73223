// The comparison page; updates while spans arrive.

import { compareAddress, idsInAddress } from "../common/page_addresses.js";
import { embedded } from "../common/api.js";
import { element, setText } from "../common/dom.js";
import { shortcut } from "../common/keys.js";
import { isComplete, keepTelling, live, tellGrowth } from "../common/live.js";
import { setState, tellProblem } from "../common/messages.js";
import "../common/page.js";
import { Comparison } from "./comparison.js";
import { Side } from "./side.js";

const ids = idsInAddress();
const a = new Side("A", ids.a, (id) => location.assign(compareAddress(id, ids.b)));
const b = new Side("B", ids.b, (id) => location.assign(compareAddress(ids.a, id)));
const sides = [a, b];
const swapAddress = compareAddress(ids.b, ids.a);
const swap = element("a", { class: "button swap", href: swapAddress, title: "Swap A and B (x)" }, "⇄ Swap");
const notice = element("p", { class: "notice warning", role: "status", hidden: true });
const comparison = new Comparison(ids);
let lastNews = Date.now();

document.title = `${ids.a.slice(0, 7)}…${ids.b.slice(0, 7)}: compare traces`;
const heads = element("div", "heads", a.head.element, swap, b.head.element);
document.getElementById("compare").append(heads, notice, comparison.element);
shortcut("Comparison", ["x"], "swap A and B", () => location.assign(swapAddress));

const looking = live(async () => {
  const news = await Promise.all(sides.map((side) => side.look()));
  if (news.some(Boolean)) {
    lastNews = Date.now();
    show();
  }
  tellNotice();
  return tellState();
}, tellProblem);
keepTelling(() => tellState() || looking.stop());
window.addEventListener("resize", showHeads);

function show() {
  showHeads();
  if (a.trace && b.trace) comparison.show(a, b);
}

function showHeads() {
  const longest = Math.max(a.duration, b.duration);
  for (const side of sides) side.show(longest);
}

function tellNotice() {
  const absent = sides.filter(({ trace }) => !trace).map(({ letter }) => letter);
  notice.hidden = absent.length === 0 && ids.a !== ids.b;
  if (absent.length === 2) setText(notice, "Neither trace is here: there is nothing to compare yet.");
  else if (absent.length === 1) setText(notice, `Trace ${absent[0]} is not here: there is nothing to compare yet.`);
  else setText(notice, "A and B are the same trace: nothing can differ.");
}

/** Show the page's state; returns false once there is nothing left to ask for. */
function tellState() {
  if (sides.some(({ expected }) => expected)) {
    setState("live", "Waiting for a trace that has not arrived");
    return true;
  }
  const there = sides.filter(({ trace }) => trace);
  const whole = there.every((side) => side.whole);
  if (there.length < 2) setState("", "Nothing to compare");
  else tellGrowth(whole, lastNews);
  // The embedded back end pushes news at no cost.
  return there.length > 0 && (embedded || !isComplete(whole, lastNews));
}
