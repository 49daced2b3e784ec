// The support agent: the room's cards, their threads, and what only they see.

import { h, icon } from './dom.js';
import { t, current } from './i18n.js';
import { Pane, send } from './pane.js';
import { post } from './slack.js';

// open reports whether n is a case's card that can still be worked on.
const open = (n) => (n.buttons || []).length > 0;

// customer is whom a card is about: the first of its facts.
const customer = (n) => n.text.split('\n')[2] || '';

export class Desk extends Pane {
  constructor() {
    super('desk', (text) => send('desk/say', { text, thread: this.thread }));
    this.thread = ''; // ts of the card that is open, or ""
    this.seen = new Map(); // what each card said last, by ts
    this.state = null;
    this.mode = h('p', { class: 'mode', 'aria-live': 'polite', id: 'desk-mode' });
    this.foot.insertBefore(this.mode, this.form);
    this.input.setAttribute('aria-describedby', 'desk-mode');
    this.input.addEventListener('input', () => this.hint());
  }

  words(who) {
    super.words(who);
    this.empty.replaceChildren(icon('inbox'), h('b', {}, t('desk.empty.title')), h('p', {}, t('desk.empty')));
    this.examples(['example.desk.1', 'example.desk.2'].map((k) => t(k)), (text) => {
      this.input.value = text;
      this.input.focus();
      this.hint();
    });
    this.hint();
  }

  submit() {
    const done = super.submit();
    this.hint();
    return done;
  }

  grow() {
    super.grow();
    if (this.mode) this.hint();
  }

  // hint says where what is being typed will go.
  hint() {
    const to = /^\s*>>(?!>)/.test(this.input.value);
    const card = this.card();
    const kind = !card ? 'room' : to ? 'public' : 'note';
    this.foot.dataset.mode = kind;
    this.foot.hidden = this.state !== null && this.state.messages.length === 0;
    this.chips.hidden = kind === 'room' || this.input.value !== '';
    this.input.placeholder = t(card ? 'desk.write.thread' : 'desk.write.room');
    if (!card) {
      this.mode.replaceChildren(h('span', {}, t('desk.room.hint')));
      return;
    }
    this.mode.replaceChildren(h('b', {}, icon(to ? 'send' : 'lock'), t(to ? 'desk.public' : 'desk.note')),
      h('span', {}, t('desk.thread.of', { who: customer(card) }), ' · ', t(to ? 'desk.public.hint' : 'desk.note.hint')));
  }

  card() {
    return this.state?.messages.find((n) => n.ts === this.thread);
  }

  choose(ts) {
    this.thread = this.thread === ts ? '' : ts;
    this.draw(this.state);
    if (this.thread) this.input.focus({ preventScroll: true });
  }

  // draw shows the room. A case that is new, or waits anew, is opened, unless
  // somebody is writing.
  draw(state) {
    const first = this.state === null;
    this.state = state;
    for (const n of state.messages) {
      const news = this.seen.get(n.ts) !== n.raw;
      this.seen.set(n.ts, n.raw);
      if (!news || !open(n) || this.input.value !== '') continue;
      this.thread = n.ts;
      if (!first) setTimeout(() => this.reveal(n.ts), 60); // once it has its size
    }
    this.fresh = state.messages.length + state.whispers.length + state.messages.reduce((sum, n) => sum + (n.replies || []).filter((r) => r.app).length, 0);
    const whispers = state.whispers.filter((w) => !w.thread);
    const rows = [...state.messages, ...whispers].sort((a, b) => (a.ts < b.ts ? -1 : 1))
      .map((n) => ({ ...n, open: n.ts === this.thread, whispers: state.whispers.filter((w) => w.thread === n.ts) }));
    this.show(rows, (n) => n.ts, (n) => this.message(n));
    this.hint();
  }

  reveal(ts) {
    this.list.querySelector(`[data-key="${CSS.escape(ts)}"]`)?.scrollIntoView({ block: 'nearest' });
  }

  message(n) {
    const e = post(n, (action) => this.press(n, action));
    if (n.whisper) return e;
    const card = /\bfact\b/.test(e.querySelector('.body').firstElementChild?.nextElementSibling?.className || '');
    if (card) e.classList.add('card', open(n) ? 'live' : 'over');
    const all = [...(n.replies || []), ...n.whispers].sort((a, b) => (a.ts < b.ts ? -1 : 1));
    const count = (n.replies || []).length;
    if (!card && count === 0) return e;
    e.querySelector('.content').append(h('button', { type: 'button', class: 'toggle', data: { focus: `${n.ts} thread` }, 'aria-expanded': String(n.open), on: { click: () => this.choose(n.ts) } },
      icon('thread'), count ? t('slack.replies', { n: count }) : t('desk.thread'), h('span', { class: 'more' }, t(n.open ? 'desk.close' : 'desk.open'))));
    if (n.open) {
      e.classList.add('chosen');
      e.append(h('div', { class: 'thread', lang: current() === 'zh' ? 'zh-CN' : 'en' }, ...all.map((r) => reply(r))));
    }
    return e;
  }

  // press acts on a card. Taking one, or replying, opens its thread.
  press(n, action) {
    if (action !== 'frontdesk_resolve' && this.thread !== n.ts) this.choose(n.ts);
    return send('desk/press', { message: n.ts, button: action });
  }
}

// reply is a line in a thread, with where it went: the desk's app shows what
// was said to and by the customer; what colleagues write stays inside unless
// the app marks it as sent.
function reply(r) {
  if (r.whisper || r.app) return post(r, () => null);
  const sent = (r.reactions || []).includes('white_check_mark');
  const failed = (r.reactions || []).includes('warning');
  const kind = sent ? 'sent' : failed ? 'fail' : 'colleague';
  const e = post(r, () => null, h('span', { class: `to ${kind}` }, icon(sent ? 'check' : failed ? 'close' : 'lock'), t(`desk.${kind}`)));
  e.classList.add(kind);
  return e;
}
