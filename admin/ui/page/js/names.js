// Names of people, cases and their states, as every screen shows them.

import { el } from './dom.js';
import { t, has } from './i18n.js';

// customer is what to call who writes.
export function customer(c) {
  const k = c.contact || {};
  return k.name || k.email || t('who.visitor', { id: c.id.slice(-4) });
}

// mode says who has the case.
export function mode(c, me) {
  if (c.mode !== 'agent') return t('mode.' + c.mode);
  return c.owner === me.user ? t('mode.agentMe') : t('mode.agent', { name: c.owner });
}

// reason says why a person is wanted, in a word or, long, in a sentence.
export function reason(word, long) {
  const key = (long ? 'reasonLong.' : 'reason.') + word;
  return has(key) ? t(key) : word;
}

// badge is the coloured mark of a case's state.
export function badge(c, me) {
  return el('span', { class: 'badge ' + c.mode + (c.mode === 'agent' && c.owner === me.user ? ' mine' : '') }, mode(c, me));
}

// avatar is the first letter of a name on a colour of its own.
export function avatar(name, id) {
  let n = 0;
  for (const ch of id) n = (n * 31 + ch.codePointAt(0)) % 6;
  return el('span', { class: 'avatar tone' + n, 'aria-hidden': 'true' }, [...name.trim()][0]?.toUpperCase() || '?');
}
