import { h } from "./preact.js";
import { badge, dateTime, empty, table } from "./words.js";
import { byMaster, state } from "./store.js";

export function Elections() {
  const e = state.elections;
  return [
    h("h1", null, "Elections"),
    h("p", { class: "lead" }, `Control group: ${e.group} (${e.groupWhy}).`),
    e.terms.length
      ? table(
          "Terms, newest first",
          ["Term", "Began", "Master", "What is known of why"],
          e.terms.map((term) =>
            h(
              "tr",
              { key: term.term },
              h("td", { class: "number" }, term.term),
              h("td", { class: "time" }, dateTime(byMaster(term.unixMs))),
              h("td", null, term.master ?? badge("Weak", "nobody")),
              h("td", null, term.why),
            ),
          ),
        )
      : empty("This node has seen no election yet."),
    h("p", { class: "lead" }, `As ${state.overview.node} saw them since its start at ${dateTime(byMaster(e.sinceUnixMs))}.`),
  ];
}

export function Topology() {
  const t = state.topology;
  const different = t.nodes.filter((node) => node.difference);
  return [
    h("h1", null, "Topology"),
    h(
      "p",
      { class: `headline ${different.length ? "weak" : "good"}` },
      different.length
        ? `${different.length} of ${t.nodes.length} nodes do not run with this map, or were not heard.`
        : `No node is known to run with another map than version ${t.version}.`,
    ),
    h(
      "p",
      { class: "lead digest" },
      `Cluster ${t.cluster}, version ${t.version}, digest `,
      h("code", null, t.digest),
      `. File of ${state.overview.node}: ${t.file}.`,
    ),
    table(
      "Nodes of the map",
      ["Node", "Rack", "CNA", "DIE", "eid", "Address", "Switch", "Difference"],
      t.nodes.flatMap((node) =>
        node.dies.map((die, at) =>
          h(
            "tr",
            { key: `${node.id}/${die.die}`, class: at ? "" : "first" },
            at === 0 && [
              h("th", { scope: "row", rowspan: node.dies.length }, node.name, node.control ? h("span", { class: "note" }, " control") : ""),
              h("td", { rowspan: node.dies.length }, node.rack ?? "–"),
              h("td", { class: "number", rowspan: node.dies.length }, node.cna ?? "–"),
            ],
            h("td", { class: "number" }, die.die),
            h("td", null, h("code", null, die.eid)),
            h("td", null, h("code", null, die.address)),
            h("td", null, die.switch ?? "–"),
            at === 0 && h("td", { rowspan: node.dies.length }, node.difference ? badge("Weak", node.difference) : "none"),
          ),
        ),
      ),
    ),
    t.former.length > 0 && h("p", { class: "lead" }, `Earlier maps also had ${t.former.join(", ")}.`),
  ];
}

export function Audit() {
  const acts = state.audit.acts;
  return [
    h("h1", null, "Audit"),
    h("p", { class: "lead" }, "What operators did, as the ledger has it on every node."),
    acts.length
      ? table(
          "Acts, newest first",
          ["Entry", "Term", "Said", "Who", "What", "Why"],
          acts.map((act) =>
            h(
              "tr",
              { key: act.index },
              h("td", { class: "number" }, act.index),
              h("td", { class: "number" }, act.term),
              h("td", { class: "time" }, dateTime(act.saidUnixMs) || "–"),
              h("td", null, act.by || "–"),
              h("td", null, act.what),
              h("td", null, act.why || "–"),
            ),
          ),
        )
      : empty("Nobody has done anything yet."),
  ];
}
