// The server's API. Every refusal is an ApiError with words for people.

import { t, has } from './i18n.js';

const base = new URL('../../api/v1/admin', import.meta.url).href;
let csrf = '';
let user = '';
let signedOut = () => {};

// onSignedOut is told when the server does not know us any more.
export function onSignedOut(f) { signedOut = f; }

export class ApiError extends Error {
  constructor(status, detail, wait) {
    const key = 'error.' + (status === 0 ? 'network' : has('error.' + status) ? status : status >= 500 ? 500 : 400);
    super(t(key, { n: wait }));
    this.status = status;
    this.detail = detail || '';
  }
}

async function problem(res) {
  let detail = '';
  try { detail = (await res.json()).detail; } catch { /* not ours: a proxy's page */ }
  return new ApiError(res.status, detail, res.headers.get('Retry-After'));
}

// call sends a request and returns the decoded answer.
export async function call(method, path, options = {}) {
  const before = csrf;
  try {
    return await once(method, path, options);
  } catch (err) {
    if (err.status !== 403 || method === 'GET' || path === '/session' || !(await renewed(before))) throw err;
    return once(method, path, options);
  }
}

// renewed reads the session again after a refusal: signed in anew in another
// tab, the token is another one; if somebody else is in, the page starts over.
async function renewed(before) {
  const was = user;
  try { await session(); } catch { return false; }
  if (user !== was) location.reload();
  return user === was && csrf !== before;
}

async function once(method, path, { json, headers = {} }) {
  const h = { ...headers };
  if (json !== undefined) h['Content-Type'] = 'application/json';
  if (method !== 'GET') h['X-CSRF-Token'] = csrf;
  let res;
  try {
    res = await fetch(base + path, { method, headers: h, body: json === undefined ? undefined : JSON.stringify(json) });
  } catch {
    throw new ApiError(0);
  }
  if (!res.ok) {
    const err = await problem(res);
    if (res.status === 401 && path !== '/session') signedOut();
    throw err;
  }
  return res.status === 204 ? null : res.json();
}

const keep = (s) => { csrf = s.csrf || ''; user = s.user; return s; };
export const signIn = async (user, password) => keep(await call('POST', '/session', { json: { user, password } }));
export const session = async () => keep(await call('GET', '/session'));
export const signOut = () => call('DELETE', '/session');

const q = (o) => '?' + new URLSearchParams(Object.entries(o).filter(([, v]) => v));
const chat = (id) => '/conversations/' + encodeURIComponent(id);
export const conversations = (mode, cursor, limit) => call('GET', '/conversations' + q({ mode, cursor, limit }));
export const conversation = (id) => call('GET', chat(id));
export const messages = (id, after) => call('GET', chat(id) + '/messages' + q({ after }));
export const say = (id, message) => call('POST', chat(id) + '/messages', { json: message });
export const move = (id, verb, epoch) => call('POST', `${chat(id)}/${verb}`, { headers: { 'If-Match': `"${epoch}"` } });
export const trace = (id, seq) => call('GET', `${chat(id)}/turns/${seq}/trace`);

const bot = (b) => '/bots/' + encodeURIComponent(b);
export const documents = (b, cursor) => call('GET', bot(b) + '/documents' + q({ cursor, limit: 200 }));
export const remove = (b, name) => call('DELETE', bot(b) + '/documents' + q({ name }));
export const search = (b, text) => call('GET', bot(b) + '/search' + q({ q: text, limit: 6 }));

// upload sends a file; progress is told the share sent, in [0,1], and reading how
// many pages of how many are read. fetch cannot tell what is sent, so this is the
// older way.
export function upload(b, file, as, dryRun, progress, reading) {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    if (as) form.append('as', as);
    form.append('dry_run', String(dryRun));
    form.append('file', file, file.name);
    const x = new XMLHttpRequest();
    x.open('POST', base + bot(b) + '/documents');
    x.setRequestHeader('X-CSRF-Token', csrf);
    x.setRequestHeader('Accept', 'application/x-ndjson, application/json');
    const lines = () => (x.getResponseHeader('Content-Type') || '').startsWith('application/x-ndjson')
      ? x.responseText.split('\n').slice(0, -1).map((s) => JSON.parse(s)) : []; // but one not whole yet
    x.onprogress = () => {
      const last = lines().pop();
      if (last && last.progress) reading(last.progress.done, last.progress.total);
    };
    x.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total);
    x.onerror = () => reject(new ApiError(0));
    x.onload = () => {
      let body = {};
      const last = lines().pop();
      if (last) {
        if (last.change) return resolve(last.change);
        const p = last.problem || {};
        return reject(new ApiError(p.status || 0, p.detail));
      }
      try { body = JSON.parse(x.responseText); } catch { /* as in problem */ }
      if (x.status === 200) return resolve(body);
      if (x.status === 401) signedOut();
      reject(new ApiError(x.status, body.detail, x.getResponseHeader('Retry-After')));
    };
    x.send(form);
  });
}

// listen follows changes. on.conversation gets one; on.refresh asks to read
// the lists again, also after a break; on.state is told whether the line is up.
export function listen(on) {
  const es = new EventSource(base + '/events');
  es.addEventListener('ready', () => { on.state(true); on.refresh(); });
  es.addEventListener('conversation', (e) => on.conversation(JSON.parse(e.data)));
  es.addEventListener('refresh', () => on.refresh());
  es.onerror = async () => {
    on.state(false);
    if (es.readyState !== EventSource.CLOSED) return; // it tries again by itself
    try { await session(); } catch (err) {
      if (err.status === 401) { signedOut(); return; }
    }
    on.closed();
  };
  return () => es.close();
}
