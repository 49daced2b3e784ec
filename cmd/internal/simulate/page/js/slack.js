// The person in a direct chat with the app, and how a message in Slack looks.

import { h, icon } from './dom.js';
import { t, clock } from './i18n.js';
import { Pane, send } from './pane.js';
import { draw, face } from './mrkdwn.js';

let names = {};

// know tells which names stand behind the ids in Slack's markup.
export const know = (n) => { names = n; };

const seconds = (ts) => new Date(Number(ts.split('.')[0]) * 1000);

// post is a message as all who see it see it. press is called with a button's
// action; marks stand beside the name.
export function post(n, press, ...marks) {
  const tone = `${n.app ? 'app' : 'human'}${n.whisper ? ' whisper' : ''}`;
  return h('article', { class: `post ${tone}` },
    h('span', { class: 'avatar', 'aria-hidden': 'true' }, [...n.author.replace(/^[^\p{L}\p{N}]+/u, '')][0]?.toUpperCase() || '?'),
    h('div', { class: 'content' },
      n.whisper && h('p', { class: 'only' }, icon('eye'), t('slack.whisper')),
      h('p', { class: 'author' }, h('b', {}, n.author), n.app && h('span', { class: 'badge' }, t('slack.app')),
        h('time', { datetime: seconds(n.ts).toISOString() }, clock(seconds(n.ts))), n.edited && h('span', {}, `(${t('edited')})`), ...marks),
      h('div', { class: 'body' }, ...draw(n.raw, names)),
      n.buttons && h('div', { class: 'buttons' }, ...n.buttons.map((b) => h('button', { type: 'button', data: { focus: `${n.ts} ${b.action}` }, class: b.action, on: {
        click: (e) => pressing(e.currentTarget, () => press(b.action)) } }, b.text))),
      n.reactions && h('p', { class: 'reactions', 'aria-label': t('slack.reactions') }, ...n.reactions.map((r) => h('span', {}, face(r))))));
}

// pressing keeps a row of buttons from being pressed twice at once.
async function pressing(button, act) {
  const all = [...button.parentElement.children];
  for (const b of all) b.disabled = true;
  await act();
  for (const b of all) b.disabled = false;
}

export class Slack extends Pane {
  constructor() {
    super('slack', (text) => send('slack/say', { text }));
  }

  words(who) {
    super.words(who);
    this.empty.replaceChildren(h('p', {}, t('slack.empty', who)));
  }

  draw(notes) {
    this.fresh = notes.filter((n) => n.app || n.whisper).length;
    this.show(notes, (n) => n.ts, (n) => {
      const e = post(n, (action) => send('slack/press', { message: n.ts, button: action }));
      for (const r of n.replies || []) e.append(post(r, (action) => send('slack/press', { message: r.ts, button: action })));
      return e;
    });
  }
}
