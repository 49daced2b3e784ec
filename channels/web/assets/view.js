// The chat as one sees it. Whatever came from outside becomes a text node, and a
// link only if it is http or https: there is no HTML to inject into. It lives in
// a shadow root, so neither page nor chat styles the other, and its style sheet
// is constructed, which a Content-Security-Policy without 'unsafe-inline' allows.
const el = (tag, attrs, ...kids) => {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attrs || {})) {
    if (v === undefined || v === false) continue;
    if (k.startsWith('on')) e.addEventListener(k.slice(2), v);
    else e.setAttribute(k, v === true ? '' : v);
  }
  e.append(...kids.filter((k) => k || k === 0));
  return e;
};
const icon = (d) => {
  const ns = 'http://www.w3.org/2000/svg';
  const s = document.createElementNS(ns, 'svg');
  s.setAttribute('viewBox', '0 0 24 24');
  s.setAttribute('aria-hidden', 'true');
  const p = document.createElementNS(ns, 'path');
  p.setAttribute('d', d);
  s.append(p);
  return s;
};
const ICONS = {
  chat: 'M12 3C6.5 3 2 6.8 2 11.5c0 2.4 1.2 4.6 3.1 6.1L4.5 21l4-1.8c1.1.3 2.3.5 3.5.5 5.5 0 10-3.8 10-8.2S17.5 3 12 3z',
  close: 'M6 6l12 12M18 6L6 18', send: 'M4 12l16-8-6 16-3-6z', down: 'M6 10l6 6 6-6',
  copy: 'M9 9h10v11H9zM5 15V4h10', bot: 'M12 2v3M5 8h14v11H5zM9 12v2M15 12v2M2 12v3M22 12v3',
};
const httpURL = (u) => { try { const x = new URL(u); return x.protocol === 'http:' || x.protocol === 'https:' ? x.href : ''; } catch { return ''; } };
const link = (url, text) => el('a', { href: url, target: '_blank', rel: 'noopener noreferrer nofollow' }, text);
// prose is text whose http(s) addresses can be followed.
const prose = (text) => text.split(/(https?:\/\/[^\s<>"'，。；、！？（）【】《》]+[^\s<>"'，。；、！？（）【】《》.,;:!?)\]])/).map((t, i) => (i % 2 && httpURL(t) ? link(httpURL(t), t) : t)).filter(Boolean);

class View {
  constructor(root, opts) {
    Object.assign(this, { root, opts, rows: new Map(), shown: !opts.launcher });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS_TEXT);
    root.adoptedStyleSheets = [sheet];
    this.lang = opts.lang || keep.get('localStorage', 'frontdesk:lang') || (/^zh/i.test(navigator.language) ? 'zh' : 'en');
    if (!WORDS[this.lang]) this.lang = 'en';
    this.chat = new Chat(opts.api, opts.user, () => this.later());
    this.build();
    document.addEventListener('visibilitychange', () => this.later());
    addEventListener('focus', () => this.later());
  }

  look(name) { const l = this.opts.look[name]; return l && (l[this.lang] || l.en) || WORDS[this.lang][name]; }

  build() {
    const w = this.w = WORDS[this.lang];
    this.rows.clear();
    this.text = el('textarea', { rows: 1, maxlength: 4000, placeholder: w.place, 'aria-label': w.place, enterkeyhint: 'send', dir: 'auto',
      onkeydown: (e) => { if (e.key === 'Enter' && !e.shiftKey && !e.isComposing && e.keyCode !== 229) { e.preventDefault(); this.submit(); } },
      oninput: () => this.grow() });
    this.log = el('div', { class: 'log', role: 'log', 'aria-label': w.log, 'aria-live': 'off', tabindex: 0, onscroll: () => this.scrolled() });
    this.list = el('div', { class: 'list' });
    this.dots = el('div', { class: 'typing', role: 'img', 'aria-label': w.typing }, el('i'), el('i'), el('i'));
    this.draft = el('div', { class: 'bubble', dir: 'auto' });
    this.written = el('div', { class: 'row bot first writing', 'aria-hidden': 'true' }, this.draft);
    this.log.append(this.welcome(), this.list, this.dots);
    this.state = el('p', { class: 'state', role: 'status' });
    this.banner = el('div', { class: 'banner', role: 'status' });
    this.latest = el('button', { class: 'latest', type: 'button', onclick: () => this.bottom(true) }, w.latest, icon(ICONS.down));
    this.face = el('span', { class: 'face' });
    const close = this.opts.launcher && el('button', { class: 'tool', type: 'button', 'aria-label': w.close, title: w.close, onclick: () => this.show(false) }, icon(ICONS.close));
    this.panel = el('section', { class: 'panel' + (this.opts.launcher ? '' : ' whole'), role: this.opts.launcher ? 'dialog' : 'main', 'aria-label': this.look('title'), lang: this.lang,
      onkeydown: (e) => { if (e.key === 'Escape' && this.opts.launcher) this.show(false); } },
      el('header', {}, this.face, el('div', { class: 'who' }, el('h1', {}, this.look('title')), this.state),
        el('button', { class: 'tool words', type: 'button', lang: w.toLang, onclick: () => this.speak(w.toLang) }, w.lang), close),
      this.banner, el('div', { class: 'room' }, this.log, this.latest),
      el('form', { onsubmit: (e) => { e.preventDefault(); this.submit(); } }, this.text,
        el('button', { class: 'send', type: 'submit', 'aria-label': w.send, title: w.send }, icon(ICONS.send))));
    this.badge = el('span', { class: 'badge' });
    this.launcher = this.opts.launcher && el('button', { class: 'launch', type: 'button', 'aria-expanded': 'false', onclick: () => this.show(!this.shown) }, icon(ICONS.chat), this.badge);
    this.root.replaceChildren(this.panel, ...(this.launcher ? [this.launcher] : []));
    this.panel.hidden = !this.shown;
    this.render();
  }

  welcome() {
    const ask = (q) => el('button', { type: 'button', dir: 'auto', onclick: () => this.chat.send(q) }, q);
    this.examples = el('div', { class: 'choices' }, ...this.look('examples').map(ask));
    this.hint = el('p', { class: 'hint' }, this.w.hint);
    return el('div', { class: 'row bot first' }, el('div', { class: 'bubble', dir: 'auto' }, this.look('greet')), this.hint, this.examples);
  }

  speak(lang) {
    const draft = this.text.value;
    this.lang = lang;
    keep.set('localStorage', 'frontdesk:lang', lang);
    this.build();
    this.text.value = draft;
    if (!this.opts.launcher) document.documentElement.lang = lang;
    this.bottom(true);
    this.root.querySelector('.words').focus();
  }

  start() {
    if (this.shown || this.chat.known()) this.chat.start();
    if (this.shown && matchMedia('(pointer: fine)').matches) this.text.focus();
  }
  show(on) {
    this.shown = on;
    this.panel.hidden = !on;
    if (on) { this.chat.start(); this.bottom(true); this.text.focus(); } else this.launcher.focus();
    this.render();
  }
  submit() {
    const t = this.text.value.trim();
    if (!t) return;
    this.text.value = '';
    this.grow();
    this.near = true;
    this.chat.send(t);
    this.text.focus();
  }
  grow() {
    this.text.style.height = 'auto';
    this.text.style.height = Math.min(this.text.scrollHeight + 2, 140) + 'px';
  }

  // Many changes in one task are drawn once, also in a hidden tab.
  later() {
    if (this.due) return;
    this.due = true;
    setTimeout(() => { this.due = false; this.render(); }, 0);
  }

  render() {
    const { chat, w } = this;
    const here = this.shown && !document.hidden && document.hasFocus();
    if (here && chat.synced) chat.read();
    this.log.setAttribute('aria-live', chat.synced ? 'polite' : 'off');
    this.state.textContent = chat.agent ? w.agent(chat.agent) : chat.held ? w.waiting : chat.ready ? w.online : w.connecting;
    this.face.className = 'face' + (chat.agent ? ' person' : '');
    this.face.replaceChildren(chat.agent ? [...chat.agent][0] : icon(ICONS.bot));
    this.banner.textContent = chat.offline ? w.offline : '';
    this.banner.hidden = !chat.offline;
    this.dots.hidden = !chat.typing;
    this.draft.textContent = chat.draft ? chat.draft.text : '';
    if (this.draft.textContent) this.dots.before(this.written); else this.written.remove();
    const begun = chat.items.length > 0;
    this.hint.hidden = this.examples.hidden = begun;
    this.draw();
    this.count(chat.unread());
    if (this.near !== false) this.bottom(false); else this.scrolled();
  }

  // draw adds, changes and moves only the rows that differ.
  draw() {
    const { items } = this.chat;
    const lastMine = items.findLast((i) => i.role === 'customer' && i.type === 'message');
    const gone = new Set(this.rows.keys());
    let at = this.list.firstChild;
    items.forEach((it, n) => {
      const prev = items[n - 1];
      const joined = prev && prev.type === 'message' && it.type === 'message' && prev.role === it.role && prev.agent === it.agent;
      const offers = !!(it.choices && n === items.length - 1);
      const sign = [it.state, it.seq, joined, offers, it === lastMine].join();
      let r = this.rows.get(it.key);
      if (!r || r.sign !== sign) {
        const node = this.row(it, !joined, offers, it === lastMine);
        if (r) { if (at === r.node) at = node; r.node.replaceWith(node); }
        this.rows.set(it.key, r = { node, sign });
      }
      gone.delete(it.key);
      if (at === r.node) at = at.nextSibling;
      else this.list.insertBefore(r.node, at);
    });
    for (const k of gone) { this.rows.get(k).node.remove(); this.rows.delete(k); }
  }

  row(it, first, offers, lastMine) {
    const { w } = this;
    if (it.type !== 'message') {
      const words = { agent_joined: w.joined(it.agent || w.person), agent_left: w.left(it.agent), closed: w.closed };
      return el('p', { class: 'line' }, el('span', {}, words[it.type]));
    }
    if (it.role === 'system') return el('p', { class: 'line', dir: 'auto' }, el('span', {}, ...prose(it.text)));
    const name = it.role === 'agent' ? it.agent || w.person : it.role === 'bot' ? w.bot : w.you;
    const bubble = el('div', { class: 'bubble', dir: 'auto' }, el('span', { class: 'hide' }, name + ': '), ...prose(it.text), ...this.files(it));
    return el('div', { class: `row ${it.role}${first ? ' first' : ''}${it.state === 'failed' ? ' failed' : ''}` },
      first && it.role === 'agent' && el('div', { class: 'name', dir: 'auto' }, name),
      el('div', { class: 'bar' }, bubble, this.copy(it)), this.sources(it.citations), offers && this.choices(it), this.meta(it, lastMine));
  }

  files(it) {
    return (it.parts || []).filter((p) => httpURL(p.url)).map((p) => el('div', { class: 'file' }, link(httpURL(p.url), p.name || p.text || p.url)));
  }
  copy(it) {
    if (!navigator.clipboard || !it.text) return '';
    const { w } = this;
    const b = el('button', { class: 'copy', type: 'button', 'aria-label': w.copy, title: w.copy, onclick: () => navigator.clipboard.writeText(it.text).then(() => {
      b.title = w.copied;
      b.classList.add('done');
      this.state.textContent = w.copied; // a status: read out
      setTimeout(() => { b.classList.remove('done'); b.title = w.copy; this.later(); }, 1500);
    }, () => {}) }, icon(ICONS.copy));
    return b;
  }
  sources(cs) {
    if (!cs || !cs.length) return '';
    const { w } = this;
    return el('details', { ontoggle: (e) => e.target.open && e.target.scrollIntoView({ block: 'nearest' }) }, el('summary', {}, w.sources(cs.length)), ...cs.map((c) => {
      const title = c.title || c.doc;
      const url = httpURL(c.url);
      return el('div', { class: 'source', dir: 'auto' }, el('b', {}, url ? link(url, title) : title),
        el('small', {}, [c.title && c.doc !== c.title && c.doc, c.page && w.page(c.page)].filter(Boolean).join(' · ')), c.quote && el('blockquote', {}, c.quote));
    }));
  }
  choices(it) {
    return el('div', { class: 'choices' }, ...it.choices.map((c) => el('button', { type: 'button', dir: 'auto', onclick: () => { this.near = true; this.chat.send(c.text, c.value); } }, c.text)));
  }
  meta(it, lastMine) {
    const { w, chat } = this;
    const time = it.at && new Date(it.at).toLocaleTimeString(this.lang, { hour: '2-digit', minute: '2-digit' });
    if (it.state === 'failed') {
      return el('div', { class: 'meta', role: 'alert' }, (it.status === 413 ? w.long : w.failed) + ' ',
        it.status !== 413 && el('button', { type: 'button', onclick: () => chat.retry(it) }, w.retry),
        el('button', { type: 'button', onclick: () => chat.discard(it) }, w.discard));
    }
    const state = it.state === 'sending' ? w.sending : it.role === 'customer' && lastMine ? w.sent : '';
    return el('div', { class: 'meta' + (state ? ' now' : '') }, [time, state].filter(Boolean).join(' · '));
  }

  count(n) {
    const { w } = this;
    if (this.launcher) {
      this.badge.textContent = n > 99 ? '99+' : n || '';
      this.badge.hidden = !n;
      this.launcher.hidden = this.shown && matchMedia('(max-width: 480px)').matches;
      this.launcher.setAttribute('aria-expanded', String(this.shown));
      this.launcher.setAttribute('aria-label', (this.shown ? w.close : w.open) + (n ? ' – ' + w.unread(n) : ''));
    }
    const bare = document.title.replace(/^\(\d+\) /, '');
    const title = n ? `(${n}) ${bare}` : bare;
    if (document.title !== title) document.title = title;
  }
  // Only a person scrolls up: on its way down to news the log is still near.
  scrolled() {
    const l = this.log, up = l.scrollTop < this.top;
    this.top = l.scrollTop;
    if (l.scrollHeight - l.scrollTop - l.clientHeight < 60) this.near = true; else if (up) this.near = false;
    this.latest.hidden = this.near !== false;
  }
  bottom(jump) {
    this.near = true;
    this.latest.hidden = true;
    const calm = jump || !this.chat.synced || matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: calm ? 'instant' : 'smooth' });
  }
}
