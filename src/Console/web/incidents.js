import { h } from "./preact.js";
import { badge, dateTime, duration, empty, mark, table, time } from "./words.js";
import { allIncidents, byMaster, changed, fetchIncident, fetchOlder, hostOf, state } from "./store.js";

const rowsAtOnce = 200;
const filter = { text: "", kind: "", open: "" };
let rowsShown = rowsAtOnce;
const older = { asking: false, trouble: "" };

function askOlder() {
  older.asking = true;
  changed();
  fetchOlder()
    .then((some) => {
      older.trouble = some ? "" : `${hostOf(state.source)} has none any more, or the page holds as many as it can`;
    })
    .catch((error) => {
      older.trouble = error.message;
    })
    .finally(() => {
      older.asking = false;
      changed();
      searchOlder();
    });
}

// Who looks for something looks through all that the ledger holds, a page of it at a time.
function searchOlder() {
  const isSearch = filter.text.trim() || filter.kind || filter.open;
  const isMore = state.overview.incidentsHeld > allIncidents().length;
  if (isSearch && isMore && !older.asking && !older.trouble) askOlder();
}

const set = (name) => (event) => {
  filter[name] = event.target.value;
  rowsShown = rowsAtOnce;
  older.trouble = "";
  changed();
  searchOlder();
};

function fits(one) {
  if (filter.kind && one.kind !== filter.kind) return false;
  if (filter.open && (filter.open === "open") !== one.open) return false;
  const text = filter.text.trim().toLowerCase();
  return !text || `${one.id} ${one.victim} ${one.kind} ${one.sentence} ${one.ending}`.toLowerCase().includes(text);
}

const choice = (label, name, options) =>
  h(
    "label",
    null,
    label,
    h(
      "select",
      { value: filter[name], onchange: set(name) },
      options.map(([value, text]) => h("option", { value }, text)),
    ),
  );

export function Incidents() {
  const all = allIncidents();
  const kinds = [...new Set(all.map((one) => one.kind))].sort();
  const found = all.filter(fits);
  const shown = found.slice(0, rowsShown);
  const held = state.overview.incidentsHeld;
  return [
    h("h1", null, "Incidents"),
    h(
      "form",
      { class: "filter", role: "search", onsubmit: (event) => event.preventDefault() },
      h("label", null, "Search", h("input", { type: "search", value: filter.text, oninput: set("text"), placeholder: "node, kind, number" })),
      choice("Kind", "kind", [["", "all"], ...kinds.map((kind) => [kind, kind])]),
      choice("State", "open", [["", "all"], ["open", "open"], ["closed", "closed"]]),
    ),
    h(
      "p",
      { class: "lead", "aria-live": "polite" },
      `${found.length} of ${all.length}`,
      held > all.length
        ? `; the ledger holds ${held - all.length} older ones, which are ${older.asking ? "being" : "not"} searched`
        : "",
    ),
    shown.length
      ? table(
          "Incidents, newest first",
          ["No.", "Since", "Node", "Kind", "State", "Verdict", "Acked"],
          shown.map((one) =>
            h(
              "tr",
              { key: one.id },
              h("td", { class: "number" }, h("a", { href: `#/incidents/${one.id}` }, one.id)),
              h("td", { class: "time" }, dateTime(byMaster(one.openedUnixMs))),
              h("td", null, one.victim),
              h("td", null, one.kind, one.drill ? " (drill)" : ""),
              h("td", null, one.open ? badge(one.level, "open") : badge("Good", one.ending)),
              h("td", null, one.verdict),
              h("td", { class: "number" }, `${one.acked}/${one.reports}`),
            ),
          ),
        )
      : empty(all.length ? "Nothing fits." : "Nothing has happened yet."),
    h(
      "p",
      { class: "actions more" },
      found.length > shown.length &&
        h(
          "button",
          {
            type: "button",
            onclick: () => {
              rowsShown += rowsAtOnce;
              changed();
            },
          },
          `Show ${Math.min(rowsAtOnce, found.length - shown.length)} more`,
        ),
      held > all.length &&
        h("button", { type: "button", disabled: older.asking, onclick: askOlder }, older.asking ? "Loading…" : "Load older ones"),
      older.trouble && h("span", { role: "status" }, `Not loaded: ${older.trouble}`),
    ),
  ];
}

const held = { id: 0, revision: -1, whole: null, trouble: "", asking: false };

// Asked again whenever the list says that the ledger has added something.
function whole(id) {
  if (held.id !== id) Object.assign(held, { id, revision: -1, whole: null, trouble: "", asking: false });
  const revision = state.incidents.get(id)?.revision ?? 0;
  if (held.revision !== revision && !held.asking) {
    held.asking = true;
    fetchIncident(id)
      .then((found) => {
        if (held.id !== id) return;
        Object.assign(held, { whole: found, revision, trouble: found ? "" : "The ledger holds no incident of this number." });
      })
      .catch((error) => {
        // Kept as it was: what is shown stays, and the next change asks again.
        held.trouble = `Not fresh: ${error.message}`;
      })
      .finally(() => {
        held.asking = false;
        changed();
      });
  }
  return held;
}

function windowBar(window) {
  const part = (ms) => Math.max(0, Math.min(100, (100 * ms) / window.wholeMs));
  const used = 100 - part(window.leftMs);
  const acked = window.ackLeftMs === null ? null : 100 - part(window.ackLeftMs);
  const text =
    `Window of ${duration(window.wholeMs)}: recorded after ${duration(window.wholeMs - window.leftMs)}` +
    (acked === null ? ", no ack was taken" : `, first ack taken with ${duration(window.ackLeftMs)} left`);
  return h(
    "figure",
    { class: "window" },
    h(
      "svg",
      { viewBox: "0 0 100 6", preserveAspectRatio: "none", role: "img", "aria-label": text },
      h("rect", { class: "whole", x: 0, y: 0, width: 100, height: 6 }),
      h("rect", { class: "used", x: 0, y: 0, width: Math.max(used, 0.6), height: 6 }),
      acked !== null && h("rect", { class: "acked", x: Math.min(acked, 99), y: 0, width: 1, height: 6 }),
    ),
    h("figcaption", null, text),
  );
}

function download(one) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(one, null, 2)], { type: "application/json" }));
  link.download = `incident-${one.summary.id}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}

const framesOver = (word, die) => word.frames.find((link) => link.by === word.witness && link.die === die)?.count ?? 0;

const relayed = (word) =>
  word.frames
    .filter((link) => link.by !== word.witness)
    .map((link) => `${link.by} DIE ${link.die}: ${link.count}`)
    .join(", ") || "–";

export function Incident({ id }) {
  const { whole: one, trouble } = whole(id);
  if (!one) return [h("h1", null, `Incident ${id}`), empty(trouble || "Asking…")];
  const s = one.summary;
  return [
    h("p", { class: "back" }, h("a", { href: "#/incidents" }, "All incidents")),
    h("h1", null, `Incident ${s.id}: ${s.victim}, ${s.kind}`),
    h(
      "p",
      { class: `headline ${s.level.toLowerCase()}` },
      mark(s.level),
      " ",
      s.sentence,
      s.drill ? " (a drill)" : "",
      s.open ? ". Open." : `. ${s.ending[0].toUpperCase()}${s.ending.slice(1)}.`,
    ),
    trouble && h("p", { class: "stale", role: "status" }, trouble),
    h(
      "p",
      { class: "actions" },
      h("button", { type: "button", onclick: () => download(one) }, "Export as JSON"),
      h("button", { type: "button", onclick: () => print() }, "Print"),
    ),
    h(
      "dl",
      { class: "facts" },
      h("div", { class: "fact" }, h("dt", null, "Since"), h("dd", null, time(byMaster(s.openedUnixMs))), h("dd", { class: "note" }, dateTime(byMaster(s.openedUnixMs)).slice(0, 10))),
      h("div", { class: "fact" }, h("dt", null, "Verdict"), h("dd", null, s.verdict), h("dd", { class: "note" }, `term ${s.term}`)),
      h("div", { class: "fact" }, h("dt", null, "Acked"), h("dd", null, `${s.acked} of ${s.reports}`), h("dd", { class: "note" }, "witnesses let go")),
      h("div", { class: "fact" }, h("dt", null, "Life"), h("dd", { class: "small" }, one.life), h("dd", { class: "note" }, "the boot that ends")),
    ),
    one.window && windowBar(one.window),
    h("h2", null, "What happened"),
    h(
      "ol",
      { class: "story" },
      one.story.map((step) =>
        h(
          "li",
          { key: `${step.index}/${step.what}` },
          h("span", { class: "when" }, time(byMaster(step.unixMs)) || "time not known"),
          h("span", { class: "what" }, step.what),
          h("span", null, step.text),
          step.index !== null && h("span", { class: "index" }, `entry ${step.index}`),
        ),
      ),
    ),
    h("h2", null, "Evidence"),
    h(
      "ul",
      { class: "evidence" },
      one.evidence.map((slot) =>
        h(
          "li",
          { key: slot.name, class: slot.filled ? "filled" : "missing" },
          h("strong", null, slot.name),
          h("span", null, slot.filled ? slot.text : "nothing yet"),
        ),
      ),
    ),
    h("h2", null, "Answers at the witnesses"),
    one.answers.length
      ? table(
          "Answers",
          ["Witness", "Verdict", "What became of it", "Window left"],
          one.answers.map((answer) =>
            h(
              "tr",
              { key: answer.index },
              h("td", null, answer.witness),
              h("td", null, answer.verdict),
              h("td", null, badge(answer.level, answer.outcome)),
              h("td", { class: "number" }, answer.leftMs === null ? "–" : duration(answer.leftMs)),
            ),
          ),
        )
      : empty("None is committed yet."),
    h("h2", null, "Handlers"),
    one.handlers.length
      ? table(
          "Handlers",
          ["Handler", "Outcome", "Result", "Message"],
          one.handlers.map((handler) =>
            h(
              "tr",
              { key: handler.name },
              h("td", null, handler.name),
              h("td", null, badge(handler.level, handler.outcome)),
              h("td", { class: "number" }, handler.result),
              h("td", null, handler.message),
            ),
          ),
        )
      : empty("None was declared when it opened."),
    h("h2", null, "Who was told"),
    one.told.length
      ? table(
          "Who was told",
          ["Channel", "Of what", "Outcome", "Attempt", "By", "Detail"],
          one.told.map((notice) =>
            h(
              "tr",
              { key: `${notice.channel}/${notice.moment}` },
              h("td", null, notice.channel),
              h("td", null, notice.moment),
              h("td", null, badge(notice.level, notice.outcome)),
              h("td", { class: "number" }, notice.attempt),
              h("td", null, notice.by),
              h("td", null, notice.detail),
            ),
          ),
        )
      : empty("Nobody: no channel is declared for it, or it is still to come."),
    h("h2", null, "Frames"),
    one.words.length > 0 &&
      table(
        `Frames that brought the words to ${hostOf(state.source)}`,
        ["Witness", "Word", "Over DIE 0", "Over DIE 1", "By way of others"],
        one.words.map((word) =>
          h(
            "tr",
            { key: word.index },
            h("td", null, word.witness),
            h("td", null, word.kind),
            h("td", { class: "number" }, framesOver(word, 0)),
            h("td", { class: "number" }, framesOver(word, 1)),
            h("td", null, relayed(word)),
          ),
        ),
      ),
    one.words.length
      ? h(
          "p",
          { class: "note" },
          `Those that came to ${hostOf(state.source)} since rasd was started there, copies and repeats too. A word that was said there needs none.`,
        )
      : empty("No word, no frame."),
    h("h2", null, "Words as they were stored"),
    one.words.length
      ? one.words.map((word) =>
          h(
            "details",
            { key: word.index, class: "raw" },
            h("summary", null, `${word.witness}: ${word.kind} (${word.door}), entry ${word.index}`),
            h("pre", null, JSON.stringify(word, null, 2)),
          ),
        )
      : empty("Nobody said anything: the master declared it silent."),
  ];
}
