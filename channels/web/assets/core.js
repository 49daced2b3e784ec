// The chat without its looks: session, transport, order, delivery. What the view
// shows is `items`, by seq, with what is not acknowledged yet at the end.
//
// Order: events count one by one. One that was seen is dropped, one that skips a
// number means a lost one, so the connection starts over after the last in order.
const PING = 25000, PONG = 10000, ACK = 15000, POLL = 3000, TYPING = 20000;
// The ways to talk, best first; a browser that lacks one does not try it.
const MODES = [window.WebSocket && 'ws', window.EventSource && 'sse', 'poll'].filter(Boolean);

const keep = {
  // Browsers may forbid storage; the chat then lasts as long as the page.
  get(area, key) { try { return JSON.parse(window[area].getItem(key)); } catch { return null; } },
  set(area, key, v) { try { window[area].setItem(key, JSON.stringify(v)); } catch { /* forgotten at reload */ } },
};

const newID = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');

class Chat {
  constructor(api, user, changed) {
    Object.assign(this, { api, user, changed, items: [], pending: [], last: 0, seen: 0, agent: '', held: false,
      typing: false, draft: null, ready: false, synced: false, offline: false, mode: 0, tries: 0, worked: false });
    this.key = 'frontdesk:' + api;
    const s = keep.get('localStorage', this.key);
    if (s && s.token && s.user === this.who()) this.session = s;
    this.seen = this.session ? this.session.seen || 0 : 0;
    for (const p of keep.get('sessionStorage', this.key) || []) this.queue(p);
    addEventListener('online', () => { this.tries = 0; this.open && this.connect(); });
    addEventListener('offline', () => { this.offline = true; this.changed(); });
    addEventListener('storage', (e) => { // another tab has read on
      const t = e.key === this.key && keep.get('localStorage', this.key);
      if (t && this.session && t.token === this.session.token && t.seen > this.seen) { this.seen = t.seen; this.changed(); }
    });
  }

  who() { return this.user ? this.user.id + '|' + (this.user.hash || '') : ''; }
  known() { return !!this.session; }
  start() { if (!this.open) { this.open = true; this.connect(); } }
  // identify tells who the visitor is (null: nobody, any more). A mere name keeps
  // the conversation, a signed user has one of their own.
  async identify(user) {
    this.user = user;
    if (this.session) await (user ? this.call('/identify', { user }).then((s) => this.grant(s)) : Promise.reject()).catch(() => this.forget());
    if (this.open) this.connect();
  }
  grant(s) {
    if (!this.session || this.session.conv !== s.conversation_id) this.reset();
    this.session = { token: s.token, expires: s.expires, conv: s.conversation_id };
    this.save();
  }

  unread() { return this.items.filter((i) => i.seq > this.seen && i.type === 'message' && i.role !== 'customer').length; }
  read() {
    if (this.last <= this.seen) return;
    this.seen = this.last;
    this.save();
    this.tell({ type: 'read', seq: this.seen });
  }

  // --- session ---
  save() {
    if (this.session) keep.set('localStorage', this.key, { ...this.session, seen: this.seen, user: this.who() });
    keep.set('sessionStorage', this.key, this.pending.map(({ id, text, choice, at }) => ({ id, text, choice, at })));
  }
  forget() {
    this.session = null;
    try { localStorage.removeItem(this.key); } catch { /* was never kept */ }
    this.reset();
  }
  reset() {
    Object.assign(this, { items: [...this.pending], last: 0, seen: 0, agent: '', held: false, typing: false, draft: null, synced: false });
  }
  async call(path, body, method = 'POST') {
    const headers = { 'Content-Type': 'application/json' };
    if (this.session) headers.Authorization = 'Bearer ' + this.session.token;
    const r = await fetch(this.api + path, { method, headers, credentials: 'omit', body: body && JSON.stringify(body) });
    const v = await r.json().catch(() => ({}));
    if (!r.ok) throw Object.assign(new Error(v.detail || r.status), { status: r.status, wait: +r.headers.get('Retry-After') || 1 });
    return v;
  }
  async enter() {
    const left = this.session ? Date.parse(this.session.expires) - Date.now() : 0;
    if (left > 12 * 3600e3) return;
    let s = null;
    if (left > 0) s = await this.call('/sessions/refresh').catch((e) => { if (e.status !== 401) throw e; });
    if (!s) {
      this.session = null;
      s = await this.call('/sessions', this.user ? { user: this.user } : {});
    }
    this.grant(s);
  }

  // --- connection ---
  connect() {
    this.drop();
    const turn = this.turn = {}; // what belongs to an older connection is ignored
    const mine = (f) => (...a) => { if (this.turn === turn) f(...a); };
    this.tried = false;
    this.enter().then(mine(() => { this.tried = true; this[MODES[this.mode]](mine); })).catch(mine((e) => {
      if (e.status === 403 && this.user) this.user = null; // a wrong signature: talk as a visitor
      this.lost();
    }));
  }
  drop() {
    this.turn = null;
    clearTimeout(this.again); clearInterval(this.beat); clearTimeout(this.pong);
    if (this.line) { const l = this.line; this.line = null; l.close(); }
    this.ready = false;
  }
  lost(after) {
    // The server answered, yet this way did not open: try the next. One that
    // was open and broke starts over with the best.
    if (this.ready || this.worked) this.mode = 0;
    else if (this.tried) this.mode = (this.mode + 1) % MODES.length;
    this.drop();
    const wait = after || Math.min(30000, 500 * 2 ** this.tries++) * (0.5 + Math.random());
    this.offline = navigator.onLine === false || !after && this.tries > 1;
    this.again = setTimeout(() => this.connect(), wait);
    this.changed();
  }
  arrived(seq) {
    Object.assign(this, { ready: true, offline: false, tries: 0 });
    if (seq < this.last) this.reset(); // the server knows less than we do: start over
    this.goal = seq;
    this.sync();
    for (const p of this.pending) if (p.state === 'sending' || p.net) { p.busy = 0; this.transmit(p); }
    this.changed();
  }
  sync() { if (this.last >= this.goal) this.synced = true; }

  ws(mine) {
    const s = this.line = new WebSocket(this.api.replace(/^http/, 'ws') + '/ws');
    s.onopen = mine(() => s.send(JSON.stringify({ type: 'hello', token: this.session.token, after: this.last })));
    s.onmessage = mine((e) => { clearTimeout(this.pong); this.hear(JSON.parse(e.data)); });
    s.onclose = mine(() => this.lost());
    this.pong = setTimeout(mine(() => this.lost()), PONG);
    this.beat = setInterval(mine(() => {
      this.tell({ type: 'ping' });
      this.pong = setTimeout(mine(() => this.lost()), PONG);
    }), PING);
  }
  sse(mine) {
    const s = this.line = new EventSource(this.api + '/events?after=' + this.last + '&access_token=' + encodeURIComponent(this.session.token));
    s.onopen = mine(() => this.arrived(this.last));
    for (const t of ['message', 'agent_joined', 'agent_left', 'closed', 'typing', 'delta']) s.addEventListener(t, mine((e) => this.hear(JSON.parse(e.data))));
    s.onerror = mine(() => { this.probe(); this.lost(); });
  }
  // An EventSource does not say why it failed: ask whether the token still holds.
  probe() { this.call('/sessions/refresh').catch((e) => { if (e.status === 401) this.forget(); }); }
  poll(mine) {
    const turn = mine(() => this.call('/messages?after=' + this.last, undefined, 'GET').then(mine((p) => {
      if (!this.ready) this.arrived(this.last);
      p.items.forEach((e) => this.hear(e));
      this.again = setTimeout(turn, p.next ? 0 : POLL);
    }), mine((e) => { if (e.status === 401) this.forget(); this.lost(); })));
    turn();
  }
  tell(f) {
    if (this.ready && MODES[this.mode] === 'ws' && this.line && this.line.readyState === 1) { this.line.send(JSON.stringify(f)); return true; }
    return false;
  }

  // --- what the server says ---
  hear(f) {
    switch (f.type) {
      case 'ready': this.worked = true; this.arrived(f.seq); break;
      case 'ack': this.acked(f.id, f.seq); break;
      case 'typing': this.type(f.role !== 'customer' && !this.held); break;
      case 'delta': this.glimpse(f); break;
      case 'reconnect': this.lost(f.after_ms); return;
      case 'error': this.problem(f); return;
      case 'message': case 'agent_joined': case 'agent_left': case 'closed': this.event(f);
    }
    this.changed();
  }
  event(e) {
    if (e.seq <= this.last) return;
    if (e.seq > this.last + 1) { this.lost(); return; }
    this.last = e.seq;
    this.sync();
    if (e.role === 'customer') {
      if (this.items.some((i) => i.seq === e.seq)) return;
      const p = this.pending.find((i) => i.text === e.text);
      if (p) { this.settle(p, e.seq); return; }
    } else {
      this.type(false);
      this.draft = null;
    }
    if (e.type === 'agent_joined') { this.agent = e.agent || ''; this.held = true; }
    if (e.type === 'agent_left' || e.type === 'closed') { this.agent = ''; this.held = false; }
    if (e.outcome) this.held = e.outcome === 'handed_over';
    this.place({ ...e, key: 's' + e.seq });
  }
  // glimpse takes in a piece of an answer that is being written. What came out
  // of order is not shown: the answer itself follows.
  glimpse(g) {
    let d = this.draft;
    if (!d || g.turn > d.turn || g.turn === d.turn && g.rev > d.rev) d = { turn: g.turn, rev: g.rev, next: 0, text: '' };
    if (g.turn !== d.turn || g.rev !== d.rev || g.index !== d.next) return;
    this.draft = { ...d, next: d.next + 1, text: d.text + g.text };
    if (this.draft.text) this.type(false);
  }
  // place keeps items by seq; pending ones, which have none, stay at the end.
  place(item) {
    let i = this.items.length;
    while (i > 0 && (!this.items[i - 1].seq || this.items[i - 1].seq > item.seq)) i--;
    this.items.splice(i, 0, item);
  }
  type(on) {
    clearTimeout(this.typed);
    this.typing = on;
    if (on) this.typed = setTimeout(() => { this.typing = false; this.changed(); }, TYPING);
  }
  problem(f) {
    const p = f.problem || {};
    const it = f.id && this.pending.find((i) => i.id === f.id);
    if (it) this.refused(it, p.status, 1);
    else if (p.status === 401) { this.forget(); this.lost(); }
    this.changed();
  }

  // --- what the customer says ---
  send(text, choice) {
    const p = this.queue({ id: newID(), text, choice, at: new Date().toISOString() });
    this.start();
    this.transmit(p);
    this.changed();
  }
  queue(p) {
    const item = { ...p, key: p.id, type: 'message', role: 'customer', state: 'sending' };
    this.pending.push(item);
    this.items.push(item);
    this.save();
    return item;
  }
  retry(p) { p.busy = 0; this.transmit(p); this.changed(); if (!this.ready) { this.tries = 0; this.connect(); } }
  discard(p) {
    this.pending = this.pending.filter((i) => i !== p);
    this.items = this.items.filter((i) => i !== p);
    this.save();
    this.changed();
  }
  transmit(p) {
    p.state = 'sending';
    p.net = false;
    clearTimeout(p.timer);
    p.timer = setTimeout(() => { this.failed(p, true); this.changed(); }, ACK);
    if (!this.ready) return; // arrived() sends it
    const m = { id: p.id, text: p.text };
    if (p.choice) m.choice = p.choice;
    if (this.tell({ type: 'message', ...m }) || MODES[this.mode] === 'ws') return;
    this.call('/messages', m).then((r) => { this.acked(r.id, r.seq); this.type(!this.held); this.changed(); },
      (e) => { this.refused(p, e.status, e.wait); this.changed(); });
  }
  refused(p, status, wait) {
    if (status === 401) { this.forget(); this.lost(); return; }
    if (status && status !== 503) { p.status = status; this.failed(p, false); return; }
    p.busy = (p.busy || 0) + 1; // busy: again a few times, then it is up to the customer
    if (p.busy > 3) this.failed(p, true);
    else setTimeout(() => p.state === 'sending' && this.transmit(p), (wait || 1) * 1000 * (0.5 + Math.random()));
  }
  failed(p, net) {
    if (p.seq) return;
    clearTimeout(p.timer);
    p.state = 'failed';
    p.net = net; // is sent by itself when the connection is back
  }
  acked(id, seq) {
    const p = this.pending.find((i) => i.id === id);
    if (!p) return;
    if (this.items.some((i) => i.seq === seq)) { this.discard(p); return; } // came back as an event before
    this.settle(p, seq);
  }
  settle(p, seq) {
    clearTimeout(p.timer);
    this.pending = this.pending.filter((i) => i !== p);
    this.items = this.items.filter((i) => i !== p);
    Object.assign(p, { seq, state: 'sent' });
    this.place(p);
    this.save();
  }
}
