// Files of traces, on a page of the site.

import { mountTransfer } from "/assets/transfer/transfer.js";

/** A second set of buttons, as a search has it. */
export function mount(found) {
  const place = document.createElement("div");
  place.id = "of-a-search";
  document.getElementById("main").prepend(place);
  mountTransfer(place, { found: () => found });
}

/** An event of a drag over the page, with a file or, without its name, a text; whether the page takes it. */
export function drag([kind, name, text]) {
  const data = new DataTransfer();
  if (name === null) data.setData("text/plain", text);
  else data.items.add(new File([text], name));
  const target = document.querySelector(".drop:not([hidden])") ?? document.body;
  const event = new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
  return !target.dispatchEvent(event);
}
