// What the page knows: the newest form of every part, from whichever node answers. No drawing here.

const incidentsKept = 2000; // The newest; older ones are asked for, and so many of them are kept:
const olderKept = 20_000;
const quietMax = 4000; // The stream tells its age every second: silence for this long is a dead node or a cut.
const answerWithin = 1500;

export const state = {
  overview: null,
  links: null,
  elections: null,
  topology: null,
  audit: null,
  incidents: new Map(),
  older: new Map(), // closed ones from before those
  incidentsChanged: 0, // counts changes of the two
  age: null, // { node, unixMs, master, masterHeardMs, aheadOfMasterMs }
  heardAt: 0, // performance.now() of the last word of any node
  connected: false,
  source: location.origin,
  trouble: "",
  skewMs: 0, // this browser's clock minus the master's, or the node's where no master is known
};

const listeners = new Set();
let scheduled = false;

export function onChange(listener) {
  listeners.add(listener);
}

export function changed() {
  // Many parts come together: one drawing for all of them. A tab that nobody sees is given no frame.
  if (scheduled) return;
  scheduled = true;
  const draw = () => {
    scheduled = false;
    for (const listener of listeners) listener();
  };
  if (document.hidden) setTimeout(draw, 200);
  else requestAnimationFrame(draw);
}

let addresses = [location.origin];
let at = 0;
let stream = null;
let watchdog = 0;
let round = 0;

// After a node falls silent the next address of the last list is tried at once; after a whole round, each second.
function next(why) {
  if (stream) stream.close();
  stream = null;
  state.connected = false;
  state.trouble = why;
  at = (at + 1) % addresses.length;
  round += 1;
  changed();
  setTimeout(connect, round % addresses.length === 0 ? 1000 : 0);
}

function guard(limit, why) {
  clearTimeout(watchdog);
  watchdog = setTimeout(() => next(why), limit);
}

export function connect() {
  const origin = addresses[at];
  const opened = new EventSource(origin + "/api/stream");
  stream = opened;
  guard(answerWithin, `${hostOf(origin)} does not answer`);
  const mine = (handler) => (event) => {
    if (stream !== opened) return;
    round = 0;
    state.source = origin;
    state.connected = true;
    state.trouble = "";
    state.heardAt = performance.now();
    guard(quietMax, `${hostOf(origin)} fell silent`);
    handler(event.data);
    changed();
  };
  const part = (name, then) =>
    opened.addEventListener(
      name,
      mine((data) => {
        state[name] = JSON.parse(data);
        then?.(state[name]);
      }),
    );
  opened.addEventListener(
    "reset",
    mine(() => {
      state.incidents.clear();
      state.older.clear();
      state.incidentsChanged += 1;
    }),
  );
  part("overview", (overview) => {
    // The list is the serving node's, its own addresses first; this tab stays where it is in it.
    addresses = overview.addresses;
    if (!addresses.includes(origin)) addresses = [origin, ...addresses];
    at = addresses.indexOf(origin);
  });
  for (const name of ["links", "elections", "topology", "audit"]) part(name);
  opened.addEventListener(
    "incident",
    mine((data) => {
      const incident = JSON.parse(data);
      state.incidents.set(incident.id, incident);
      state.incidentsChanged += 1;
      if (state.incidents.size > incidentsKept) {
        for (const [id, old] of state.incidents) {
          if (!old.open) {
            state.incidents.delete(id);
            break;
          }
        }
      }
    }),
  );
  part("age", (age) => {
    state.skewMs = Date.now() - byMaster(age.unixMs);
  });
  opened.onerror = () => {
    if (stream === opened) next(`${hostOf(origin)} does not answer`);
  };
}

// A time of the node that tells it, by the master's clock: so that all pages of a cluster show one time.
export function byMaster(unixMs) {
  return unixMs ? unixMs - (state.age?.aheadOfMasterMs ?? 0) : unixMs;
}

export function hostOf(origin) {
  return origin.replace(/^https?:\/\//, "");
}

// One incident, from the node that the stream comes from.
export async function fetchIncident(id) {
  const answer = await fetch(`${state.source}/api/incidents/${id}`, { cache: "no-store" });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`${hostOf(state.source)} answers ${answer.status}`);
  return answer.json();
}

// Everything that the page holds, newest first.
let sorted = [];
let sortedAt = -1;
export function allIncidents() {
  if (sortedAt !== state.incidentsChanged) {
    sortedAt = state.incidentsChanged;
    const all = new Map([...state.older, ...state.incidents]);
    sorted = [...all.values()].sort((left, right) => right.id - left.id);
  }
  return sorted;
}

// The closed ones before the oldest closed one that the page holds. True: there are more than before.
export async function fetchOlder() {
  const before = Math.min(...allIncidents().filter((one) => !one.open).map((one) => one.id));
  if (!Number.isFinite(before)) return false;
  const answer = await fetch(`${state.source}/api/incidents?before=${before}`, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${hostOf(state.source)} answers ${answer.status}`);
  const found = await answer.json();
  const size = state.older.size;
  for (const one of found) if (state.older.size < olderKept) state.older.set(one.id, one);
  state.incidentsChanged += 1;
  changed();
  return state.older.size > size;
}
