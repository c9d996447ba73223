// Files dropped anywhere on a page are imported.

import { embedded } from "./api.js";
import { element } from "./dom.js";
import { CANNOT_IMPORT, importFiles } from "./import.js";

const TEXT = embedded ? "Drop files of traces here: OTLP JSON, a document or one a line, or Jaeger JSON" : CANNOT_IMPORT;
const target = element("div", { class: "drop", hidden: true }, element("p", "", TEXT));

document.body.append(target);
document.addEventListener("dragenter", (event) => over(event, true));
document.addEventListener("dragover", (event) => over(event, true));
// It covers the page, so whoever leaves it leaves the page.
target.addEventListener("dragleave", (event) => over(event, false));
document.addEventListener("drop", (event) => {
  if (!over(event, false)) return;
  if (embedded) importFiles(event.dataTransfer.files);
});

/** Show or hide the target if files are dragged; whether they are. Else the browser would open them in place of the page. */
function over(event, shown) {
  if (!event.dataTransfer?.types.includes("Files")) return false;
  event.preventDefault();
  event.dataTransfer.dropEffect = embedded ? "copy" : "none";
  target.hidden = !shown;
  return true;
}
