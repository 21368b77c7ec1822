// Small pieces that every page uses.
import { h } from "./preact.js";

// A symbol beside each colour: nobody has to tell colours apart.
const marks = { Good: "●", Weak: "▲", Bad: "✖", Unknown: "○" };

export const mark = (level) => h("span", { class: `mark ${level.toLowerCase()}`, "aria-hidden": "true" }, marks[level]);

export const badge = (level, text) => h("span", { class: `badge ${level.toLowerCase()}` }, mark(level), " ", text);

export function time(unixMs) {
  if (unixMs === null || unixMs === undefined) return "";
  return new Date(unixMs).toLocaleTimeString("en-GB");
}

export function dateTime(unixMs) {
  if (!unixMs) return "";
  const at = new Date(unixMs);
  const two = (n) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${at.toLocaleTimeString("en-GB")}`;
}

export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min`;
  return `${Math.floor(ms / 3_600_000)} h`;
}

export const empty = (text) => h("p", { class: "empty" }, text);

export function table(caption, heads, rows) {
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      null,
      h("caption", null, caption),
      h("thead", null, h("tr", null, heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", null, rows),
    ),
  );
}
