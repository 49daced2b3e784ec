// Talks to the demo: watches what is seen, and acts.

const SLOW = 700; // ms between looks
const FAST = 220; // after an act, for QUICK ms
const QUICK = 6000;

let etag = '';
let timer = 0;
let until = 0;
let busy = false;
let again = false;
let tell = () => {};
let online = () => {};

// watch calls seen with each new snapshot and reachable with whether the demo
// answers. A hidden page does not look.
export function watch(seen, reachable) {
  tell = seen;
  online = reachable;
  document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
  return look();
}

async function look() {
  if (busy) {
    again = true;
    return;
  }
  clearTimeout(timer);
  busy = true;
  again = false;
  try {
    const res = await fetch('api/state', { headers: etag ? { 'If-None-Match': etag } : {}, cache: 'no-store' });
    if (res.status === 200) {
      const state = await res.json();
      etag = res.headers.get('ETag') || '';
      tell(state);
    } else if (res.status !== 304) {
      throw new Error(String(res.status));
    }
    online(true);
  } catch {
    online(false);
  }
  busy = false;
  if (again) look();
  else if (!document.hidden) timer = setTimeout(look, Date.now() < until ? FAST : SLOW);
}

// Refused is a call the demo said no to, with its reason.
export class Refused extends Error {}

// act makes a call and looks at once, and often, for what comes of it.
export async function act(call, body = {}) {
  const sent = fetch(`api/${call}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  until = Date.now() + QUICK;
  look(); // one's own words are there before the call ends
  const res = await sent;
  until = Date.now() + QUICK;
  look();
  const out = await res.json().catch(() => ({}));
  if (!res.ok) throw new Refused(out.detail || String(res.status));
  return out;
}
