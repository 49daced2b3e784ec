// Draws Slack's markup as Slack does: marks only count between spaces or
// punctuation, so that what would go wrong there can be seen here.

import { h, icon } from './dom.js';
import { moment } from './i18n.js';

// The emoji the gateway uses, drawn here: not every system has a font with them.
const emoji = { raising_hand: 'hand', large_blue_circle: 'disc', robot_face: 'robot', white_check_mark: 'check', warning: 'alert', bust_in_silhouette: 'person', technologist: 'person', page_facing_up: 'page' };
const tags = { '*': 'b', _: 'i', '~': 's' };
const mark = /(^|[\s\u200b(>])([*_~])([^\s*_~](?:[^*_~\n]*[^\s*_~])?)\2(?=$|[\s\u200b).,:;!?，。：；！？])/u;

// draw returns the elements of raw. A line that is bold as a whole is the label
// of what follows, as in the fields of a card.
export function draw(raw, names) {
  const out = [];
  let fact = null;
  let kind = '';
  for (const line of raw.split('\n')) {
    const quoted = /^>\s?/.test(line);
    const k = quoted ? 'quote' : /^• /.test(line) ? 'item' : 'words';
    if (/^\*[^*]+\*$/.test(line)) {
      fact = h('div', { class: 'fact' }, h('p', { class: 'label' }, ...inline(line.slice(1, -1), names)));
      out.push(fact);
      kind = '';
      continue;
    }
    const p = h('p', { class: k }, ...inline(quoted ? line.replace(/^>\s?/, '') : line, names));
    if (fact && kind !== '' && kind !== k) fact = null;
    if (fact && kind === k && k === 'words') fact = null;
    (fact || { append: (e) => out.push(e) }).append(p);
    kind = k;
  }
  return out;
}

// inline draws one line: entities and code are set aside first, for marks may
// stand around them.
function inline(line, names) {
  const aside = [];
  const keep = (e) => String.fromCharCode(0xe000 + aside.push(e) - 1);
  const text = line.replace(/[\ue000-\uf8ff]/g, '').replace(/`([^`]+)`/g, (_, c) => keep(h('code', {}, leaf(c))))
    .replace(/<([^<>]+)>/g, (_, inner) => keep(entity(inner, names)));
  return marks(text, aside);
}

function marks(text, aside) {
  const m = mark.exec(text);
  if (!m) return leaves(text, aside);
  const before = text.slice(0, m.index) + m[1];
  return [...leaves(before, aside), h(tags[m[2]], {}, ...marks(m[3], aside)), ...marks(text.slice(m.index + m[0].length), aside)];
}

const leaves = (text, aside) => text.split(/([\ue000-\uf8ff]|:[a-z_]+:)/).filter(Boolean)
  .map((s) => aside[s.charCodeAt(0) - 0xe000] || (/^:[a-z_]+:$/.test(s) ? face(s.slice(1, -1)) : leaf(s)));

const leaf = (s) => s.replace(/\u200b/g, '').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

function entity(inner, names) {
  const cut = inner.indexOf('|');
  const target = cut < 0 ? inner : inner.slice(0, cut);
  const label = cut < 0 ? '' : leaf(inner.slice(cut + 1));
  const date = /^!date\^(\d+)\^/.exec(target);
  if (date) return h('time', {}, moment(new Date(date[1] * 1000)));
  if (target[0] === '@') return h('span', { class: 'ping' }, '@' + (names[target.slice(1)] || target.slice(1)));
  if (target[0] === '!') return h('span', { class: 'ping' }, '@' + target.slice(1));
  if (target[0] === '#') return h('span', { class: 'ping' }, '#' + (label || target.slice(1)));
  return link(leaf(target), label || leaf(target));
}

// link is an anchor if url is one that people may open, else text.
export function link(url, label) {
  if (!/^(https?:\/\/|mailto:)/i.test(url)) return h('span', {}, label);
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, label);
}

// linked turns the addresses in plain text into links.
export function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"'，。；）]+[^\s<>"'，。；）.,;:!?)])/).map((s, i) => (i % 2 ? link(s, s) : s)).filter((s) => s !== '');
}

// face draws the emoji called name.
export function face(name) {
  return emoji[name] ? h('span', { class: `emoji ${name}` }, icon(emoji[name], name.replaceAll('_', ' '))) : `:${name}:`;
}
