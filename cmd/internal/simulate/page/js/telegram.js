// The person in a private chat with the bot.

import { h } from './dom.js';
import { t } from './i18n.js';
import { Pane, bubble, send } from './pane.js';
import { linked, link } from './mrkdwn.js';

export class Telegram extends Pane {
  constructor() {
    super('telegram', (text) => send('telegram/say', { text }));
    this.typing = h('div', { class: 'row theirs typing', role: 'status', hidden: true }, h('div', { class: 'bubble' }, h('i'), h('i'), h('i')));
    this.inner.append(this.typing);
  }

  words() {
    super.words();
    this.typing.setAttribute('aria-label', t('telegram.typing'));
    this.empty.replaceChildren(h('p', {}, t('telegram.empty')),
      h('button', { type: 'button', class: 'primary', on: { click: () => send('telegram/say', { text: '/start' }) } }, t('telegram.start')));
  }

  draw({ messages, typing }) {
    this.fresh = messages.filter((m) => m.bot).length;
    const after = messages.length > 0 && !messages[messages.length - 1].bot;
    this.typing.hidden = !(typing && after);
    this.show(messages, (m) => m.id, (m) => this.message(m));
  }

  message(m) {
    const row = bubble(!m.bot, new Date(m.at), linked(m.text), m.edited && h('span', {}, t('edited')), m.alert && h('span', {}, m.alert));
    if (m.buttons) row.append(h('div', { class: 'keys' }, ...m.buttons.map((line) => h('div', {}, ...line.map((b) => key(m, b))))));
    return row;
  }
}

// key is a button under a message; one with an address opens it.
function key(m, b) {
  if (b.url) return link(b.url, b.text);
  return h('button', { type: 'button', data: { focus: `${m.id} ${b.text}` }, on: {
    click: () => send('telegram/press', { message: String(m.id), button: b.text }) } }, b.text);
}
