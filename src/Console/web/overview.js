import { h } from "./preact.js";
import { badge, empty, mark, table, duration } from "./words.js";
import { state } from "./store.js";

const railMarks = { heard: "Good", itself: "Good", "not heard": "Bad", refused: "Bad", never: "Unknown" };

function member(one) {
  const roles = [one.master && "master", one.voter && "voter"].filter(Boolean);
  const inside = [
    h("span", { class: "name" }, one.name),
    h("span", { class: "state" }, mark(one.level), " ", one.state),
    h("span", { class: "roles" }, roles.join(" · ") || "\u00a0"),
    h(
      "span",
      { class: "rails" },
      one.rails.map((rail, die) =>
        h("span", { class: "rail", title: `DIE ${die}: ${rail}` }, mark(railMarks[rail] ?? "Unknown"), ` DIE ${die}`),
      ),
    ),
  ];
  const kind = `node ${one.level.toLowerCase()}${one.master ? " master" : ""}`;
  return h(
    "li",
    { key: one.id },
    one.openIncident
      ? h("a", { class: kind, href: `#/incidents/${one.openIncident}` }, inside)
      : h("div", { class: kind }, inside),
  );
}

const fact = (name, value, note) =>
  h("div", { class: "fact" }, h("dt", null, name), h("dd", null, value), h("dd", { class: "note" }, note || "\u00a0"));

export function Overview() {
  const o = state.overview;
  const open = [...state.incidents.values()].filter((one) => one.open).reverse();
  const quorum = o.quorum.canLose < 0 ? "Bad" : o.quorum.canLose === 0 ? "Weak" : "Good";
  return [
    h("h1", null, "Overview"),
    h("p", { class: `headline ${o.headline.level.toLowerCase()}` }, mark(o.headline.level), " ", o.headline.text),
    o.otherVersions && h("p", { class: "versions" }, badge("Weak", o.otherVersions)),
    o.clockDifferences && h("p", { class: "versions" }, badge("Weak", o.clockDifferences)),
    h(
      "dl",
      { class: "facts" },
      fact("Master", o.master ?? "nobody", `term ${o.term}`),
      fact("Control group", badge(quorum, o.quorum.words), `${o.quorum.live} of ${o.quorum.voters} voters live`),
      fact("Open incidents", o.openIncidents, `${o.incidentsHeld} in the ledger`),
      fact(
        "Ledger",
        o.storageTrouble ? badge("Bad", "disk takes no writes") : `entry ${o.commitIndex}`,
        o.outbox ? `${o.outbox} words wait for a master` : "no word waits",
      ),
    ),
    h("h2", null, "Nodes"),
    h("ul", { class: "nodes" }, o.members.map(member)),
    h("h2", null, "Open incidents"),
    open.length
      ? h(
          "ul",
          { class: "open" },
          open.slice(0, 12).map((one) =>
            h(
              "li",
              { key: one.id },
              mark(one.level),
              " ",
              h("a", { href: `#/incidents/${one.id}` }, one.sentence),
              one.drill ? " (drill)" : "",
            ),
          ),
          open.length > 12 && h("li", null, h("a", { href: "#/incidents" }, `and ${open.length - 12} more`)),
        )
      : empty("None."),
    h("h2", null, "Handlers"),
    o.handlers.length
      ? table(
          "Programs that react to incidents",
          ["Name", "Kinds", "Deadline", "Ack waits for it"],
          o.handlers.map((one) =>
            h(
              "tr",
              { key: one.name },
              h("td", null, one.name),
              h("td", null, one.kinds.join(", ")),
              h("td", null, duration(one.deadlineMs)),
              h("td", null, one.required ? "yes" : "no"),
            ),
          ),
        )
      : empty("None is declared: an incident is acked as soon as it is recorded."),
  ];
}
