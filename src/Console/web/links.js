import { h } from "./preact.js";
import { badge, table } from "./words.js";
import { state } from "./store.js";

// Shape and letter tell what colour tells.
const kinds = {
  Self: ["self", "", "itself"],
  Heard: ["good", "●", "heard"],
  Late: ["weak", "▲", "late: not heard for more than half of the silence time"],
  Silent: ["bad", "✖", "not heard for the whole silence time"],
  Refused: ["bad", "R", "refused by a live host: its agent is down"],
  Never: ["unknown", "–", "never heard since the observer's start"],
  Unknown: ["unknown", "?", "unknown: the observer itself is not heard"],
};

let picked = "";

function cell(links, die, by, to, sight) {
  const [kind, sign, words] = kinds[sight];
  const own = links.own.find((link) => link.die === die && link.peer === to && by === links.node);
  const more = own
    ? ` over ${own.transport}, ${own.roundTripMs ?? "?"} ms round trip, ${own.lossPercent} % loss`
    : "";
  const text = by === to ? `${by}` : `${by} hears ${to} on DIE ${die}: ${words}${more}`;
  return h(
    "td",
    { key: to, class: `cell ${kind}` },
    h(
      "button",
      {
        type: "button",
        title: text,
        "aria-label": text,
        tabindex: by === links.names[0] && to === links.names[0] ? 0 : -1,
        onfocus: () => pick(text),
        onclick: () => pick(text),
        onkeydown: move,
      },
      sign,
    ),
  );
}

function pick(text) {
  picked = text;
  const line = document.getElementById("picked");
  if (line) line.textContent = text;
}

// Arrow keys walk the matrix; only one of its cells is in the order of Tab.
function move(event) {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!step) return;
  const own = event.currentTarget.closest("td");
  const row = own.parentElement;
  const rows = [...row.parentElement.children];
  const target = rows[rows.indexOf(row) + step[0]]?.children[[...row.children].indexOf(own) + step[1]];
  const button = target?.querySelector("button");
  if (button) {
    event.preventDefault();
    button.focus();
  }
}

export function Links() {
  const links = state.links;
  return [
    h("h1", null, "Links"),
    h("p", { class: "lead" }, "Who hears whom: a row is what that node itself says of each column."),
    h(
      "ul",
      { class: "legend" },
      Object.entries(kinds)
        .filter(([name]) => name !== "Self")
        .map(([name, [kind, sign, words]]) =>
          h("li", { key: name }, h("span", { class: `cell ${kind}` }, sign), " ", words),
        ),
    ),
    h("p", { id: "picked", class: "picked", "aria-live": "polite" }, picked || "Point at a cell, or walk with the arrow keys."),
    h(
      "div",
      { class: "matrices" },
      links.matrices.map((matrix) =>
        h(
          "section",
          { key: matrix.die },
          h("h2", null, `DIE ${matrix.die}`),
          h(
            "div",
            { class: "scroll" },
            h(
              "table",
              { class: "matrix" },
              h(
                "thead",
                null,
                h("tr", null, h("td"), links.names.map((name) => h("th", { scope: "col" }, h("span", null, name)))),
              ),
              h(
                "tbody",
                null,
                matrix.rows.map((row) =>
                  h(
                    "tr",
                    { key: row.by },
                    h("th", { scope: "row" }, row.by),
                    row.cells.map((sight, at) => cell(links, matrix.die, row.by, links.names[at], sight)),
                  ),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
    h("h2", null, `Measured by ${links.node}`),
    h("p", { class: "lead" }, "Round trip and loss are known at a link's own end only; open the console of another node for its links."),
    table(
      `Links of ${links.node}`,
      ["Peer", "DIE", "Wire", "State", "Round trip", "Jitter", "Loss"],
      links.own.map((link) =>
        h(
          "tr",
          { key: `${link.peer}/${link.die}` },
          h("td", null, link.peer),
          h("td", null, link.die),
          h("td", null, link.transport),
          h("td", null, badge(link.level, link.state), link.why && ` ${link.why}`),
          h("td", { class: "number" }, link.roundTripMs === null ? "–" : `${link.roundTripMs.toFixed(2)} ms`),
          h("td", { class: "number" }, link.jitterMs === null ? "–" : `${link.jitterMs.toFixed(2)} ms`),
          h("td", { class: "number" }, `${link.lossPercent.toFixed(1)} %`),
        ),
      ),
    ),
  ];
}
