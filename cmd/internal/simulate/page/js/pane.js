// A screen: its head, the messages, examples, and where one writes.

import { h, icon, stick, sync } from './dom.js';
import { t, current, clock } from './i18n.js';
import { act, Refused } from './api.js';
import { toast } from './toast.js';

// send acts, and says so if that failed; it reports whether it worked.
export async function send(call, body = {}) {
  if ([...(body.text || '')].length > 4000) {
    toast(t('long'));
    return null;
  }
  try {
    return await act(call, { ...body, ...(call.startsWith('telegram/') ? { lang: current() } : {}) });
  } catch (e) {
    toast(e instanceof Refused ? t('refused', { why: e.message }) : t('lost'));
    return null;
  }
}

// Pane is one screen. kind is its id; write is called with what is typed and
// returns whether it was taken.
export class Pane {
  constructor(kind, write) {
    this.kind = kind;
    this.write = write;
    this.fresh = 0; // messages to this screen's person
    this.log = h('div', { class: 'log', role: 'log', tabindex: '0' });
    this.empty = h('div', { class: 'empty' });
    this.list = h('div', { class: 'messages' });
    this.inner = h('div', {}, this.list);
    this.log.append(this.empty, this.inner);
    this.end = stick(this.log, this.inner);
    this.name = h('h2', { id: `name-${kind}` });
    this.who = h('p');
    this.aside = h('div', { class: 'aside' });
    this.chips = h('div', { class: 'chips', role: 'group' });
    this.input = h('textarea', { rows: '1', maxlength: '4000', id: `write-${kind}`, on: {
      keydown: (e) => this.key(e), input: () => this.grow() } });
    this.tools = h('div', { class: 'tools' });
    this.button = h('button', { type: 'submit', class: 'send' }, icon('send'));
    this.form = h('form', { on: { submit: (e) => { e.preventDefault(); this.submit(); } } }, this.tools, this.input, this.button);
    this.foot = h('div', { class: 'foot' }, this.chips, this.form);
    this.root = h('section', { class: `pane ${kind}`, id: kind, role: 'tabpanel', 'aria-labelledby': `name-${kind}` },
      h('header', {}, h('span', { class: 'face' }, icon(kind)), h('div', { class: 'who' }, this.name, this.who), this.aside), this.log, this.foot);
  }

  // words writes all texts again, in the language now chosen.
  words(who = {}) {
    this.name.textContent = t(this.kind);
    this.who.textContent = t(`${this.kind}.who`, who);
    this.log.setAttribute('aria-label', t('log', { name: t(this.kind) }));
    this.input.placeholder = t('write');
    this.input.setAttribute('aria-label', `${t(this.kind)}: ${t('write')}`);
    this.button.setAttribute('aria-label', t('send'));
    this.button.title = t('send');
    this.chips.setAttribute('aria-label', t('try'));
    this.examples(['example.1', 'example.2', 'example.3', 'example.4'].map((k) => t(k)), (text) => this.write(text));
  }

  examples(texts, use) {
    this.chips.replaceChildren(...texts.map((text) => h('button', { type: 'button', on: { click: () => use(text) } }, text)));
  }

  // show draws items, in the order they have.
  show(items, key, build) {
    this.empty.hidden = items.length > 0;
    this.inner.hidden = items.length === 0;
    sync(this.list, items, key, build, current());
  }

  key(e) {
    if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
      e.preventDefault();
      this.submit();
    }
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = '';
    this.grow();
    if (!(await this.write(text)) && this.input.value === '') {
      this.input.value = text; // nothing is lost
      this.grow();
    }
  }

  grow() {
    this.input.rows = Math.min(5, Math.max(1, this.input.value.split('\n').length, Math.ceil(this.input.value.length / 40)));
  }
}

// bubble is a message in a chat: whose it is, its body, and lines beneath.
export function bubble(mine, at, body, ...under) {
  return h('div', { class: `row ${mine ? 'mine' : 'theirs'}` }, h('div', { class: 'bubble' }, ...body),
    h('p', { class: 'under' }, h('time', { datetime: at.toISOString() }, clock(at)), ...under));
}

// notice is a line in the middle, of nobody.
export const notice = (...body) => h('p', { class: 'notice' }, ...body);
