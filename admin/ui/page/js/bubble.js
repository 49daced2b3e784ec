// One line of a conversation: what somebody said, a note, a change of hands.

import { el, icon } from './dom.js';
import { t, has, clock, full, day, percent } from './i18n.js';

function cite(c) {
  const where = [c.title, c.page ? t('thread.page', { n: c.page }) : ''].filter(Boolean).join(' · ');
  return el('details', { class: 'cite' },
    el('summary', null, icon('doc'), el('span', null, c.doc), where ? el('span', { class: 'dim' }, where) : null),
    c.quote ? el('blockquote', null, c.quote) : null,
    safe(c.url) ? el('a', { href: c.url, target: '_blank', rel: 'noopener noreferrer' }, c.url) : null);
}

// safe lets links through that open a page and nothing else.
function safe(url) {
  try { return ['http:', 'https:'].includes(new URL(url).protocol); } catch { return false; }
}

function part(p) {
  if (!p.kind) return el('span', null, p.text);
  const label = has('part.' + p.kind) ? t('part.' + p.kind) : p.kind;
  const text = [p.text, p.name].filter(Boolean).join(' · ') || p.value || '';
  return el('span', { class: 'part' }, el('span', { class: 'tag' }, label), ' ',
    safe(p.url) ? el('a', { href: p.url, target: '_blank', rel: 'noopener noreferrer' }, text || p.url) : text);
}

function author(m, who, me) {
  if (m.role === 'customer') return who;
  if (m.author && m.author === me.user) return t('who.you');
  return m.author || t('who.' + m.role);
}

// divider marks a new day.
export const divider = (iso) => el('li', { class: 'divider' }, day(iso));

// bubble draws m. who is the customer's name; why opens the trace of a turn.
export function bubble(m, { who, me, why }) {
  const time = el('time', { class: 'dim small', datetime: m.at, title: full(m.at) }, clock(m.at));
  if (['taken', 'returned', 'resolved'].includes(m.kind)) {
    return el('li', { class: 'system', 'data-id': m.id }, el('span', null, t('thread.' + m.kind, { name: author(m, who, me) })), time);
  }
  const note = m.kind === 'note';
  const body = m.parts ? m.parts.map(part) : m.text;
  const asked = m.role === 'customer';
  return el('li', { class: 'said ' + (note ? 'note' : m.role), 'data-id': m.id },
    el('div', { class: 'by' },
      note ? icon('lock') : m.role === 'bot' ? icon('bot') : null,
      el('b', null, author(m, who, me)),
      note ? el('span', { class: 'tag' }, t('thread.note')) : null, time),
    el('div', { class: 'text', dir: 'auto' }, body),
    note ? el('div', { class: 'dim small' }, t('thread.noteHint')) : null,
    m.citations?.length ? el('div', { class: 'cites', 'aria-label': t('thread.sources') }, m.citations.map(cite)) : null,
    m.role === 'bot' || asked ? el('div', { class: 'facts small' },
      m.outcome && has('outcome.' + m.outcome) ? el('span', null, t('outcome.' + m.outcome)) : null,
      typeof m.confidence === 'number' ? el('span', null, t('thread.confidence', { n: percent(m.confidence) })) : null,
      m.role === 'bot' && m.turn ? el('button', { type: 'button', class: 'link', 'aria-label': t('thread.why'), onclick: () => why(m.turn) }, t('thread.whyShort')) : null) : null);
}
