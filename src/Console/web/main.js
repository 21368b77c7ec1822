import { h, render } from "./preact.js";
import { byMaster, changed, connect, hostOf, onChange, state } from "./store.js";
import { Overview } from "./overview.js";
import { Links } from "./links.js";
import { Incident, Incidents } from "./incidents.js";
import { Audit, Elections, Topology } from "./records.js";
import { time, duration } from "./words.js";

const pages = [
  ["", "Overview", Overview, "overview"],
  ["links", "Links", Links, "links"],
  ["incidents", "Incidents", Incidents, "overview"],
  ["elections", "Elections", Elections, "elections"],
  ["topology", "Topology", Topology, "topology"],
  ["audit", "Audit", Audit, "audit"],
];

// Older than this is said loudly: the stream tells its age every second.
const staleAfter = 3000;

const root = document.getElementById("page");

function place() {
  const [page = "", number] = location.hash.replace(/^#\/?/, "").split("/");
  return { page, id: Number.parseInt(number, 10) };
}

function age() {
  if (!state.age) return { stale: true, text: state.trouble || "Asking for the state…" };
  const ago = performance.now() - state.heardAt;
  const stale = ago > staleAfter;
  const master =
    state.age.masterHeardMs === null
      ? "no master known"
      : `master ${state.age.master} heard ${duration(state.age.masterHeardMs)} before`;
  const skew = Math.abs(state.skewMs) > 5000 ? `; this browser's clock is ${duration(Math.abs(state.skewMs))} off` : "";
  const ahead = state.age.aheadOfMasterMs ?? 0;
  const clock = ahead
    ? `; times are by the clock of ${state.age.master}, that of ${state.age.node} is ${duration(Math.abs(ahead))} ${ahead > 0 ? "ahead" : "behind"}`
    : "";
  return {
    stale,
    text:
      `as of ${time(byMaster(state.age.unixMs))}, ${Math.floor(ago / 1000)} s ago, from ${state.age.node}; ${master}${clock}${skew}` +
      (stale && state.trouble ? `; ${state.trouble}, trying ${hostOf(state.source)} and the others` : ""),
  };
}

function toggleTheme() {
  const now = document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const other = now === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = other;
  try {
    localStorage.setItem("theme", other);
  } catch {
    // Not remembered, then.
  }
}

function Page() {
  const { page, id } = place();
  const found = pages.find(([path]) => path === page) ?? pages[0];
  const { stale, text } = age();
  const open = state.overview?.openIncidents ?? 0;
  const name = state.overview?.cluster ?? "ClusterRas";
  document.title = `${open ? `(${open}) ` : ""}${found[1]} · ${name}`;
  const isThere = state[found[3]];
  return [
    h("a", { class: "skip", href: "#main" , onclick: (event) => { event.preventDefault(); document.getElementById("main").focus(); } }, "To the page"),
    h(
      "header",
      null,
      h("span", { class: "cluster" }, h("img", { src: "icon.svg", alt: "", width: 22, height: 22 }), name),
      h(
        "nav",
        { "aria-label": "Pages" },
        pages.map(([path, title]) =>
          h(
            "a",
            { key: path, href: `#/${path}`, "aria-current": path === found[0] ? "page" : null },
            title,
            path === "incidents" && open > 0 && h("span", { class: "count" }, open),
          ),
        ),
      ),
      h("button", { type: "button", class: "theme", onclick: toggleTheme, "aria-label": "Dark or light" }, "◐"),
    ),
    h(
      "section",
      { "aria-label": "How old this is" },
      h("p", { class: stale ? "age stale" : "age", id: "age", role: stale ? "alert" : null }, text),
    ),
    h(
      "main",
      { id: "main", tabindex: -1 },
      !isThere
        ? h("p", { class: "wait" }, "Waiting for the first picture…")
        : found[0] === "incidents" && id > 0
          ? Incident({ id })
          : found[2](),
    ),
  ];
}

function draw() {
  render(Page(), root);
}

root.replaceChildren();
onChange(draw);
addEventListener("hashchange", () => {
  changed();
  scrollTo(0, 0);
});
// The age grows also when nothing comes.
setInterval(draw, 500);
draw();
connect();
