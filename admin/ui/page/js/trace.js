// How an answer came about: the signals behind a handoff, and every step.

import { el, put, icon } from './dom.js';
import { t, has } from './i18n.js';
import * as api from './api.js';

const numbers = (v) => (Array.isArray(v) ? v.filter((x) => typeof x?.value === 'number') : []);

// signals picks the numbers behind a handoff out of a trace.
export function signals(trace) {
  const facts = (trace.steps || []).flatMap((s) => s.notes || []);
  const of = (name) => facts.find((f) => f.name === name)?.value;
  const out = facts.filter((f) => f.name === 'signals').flatMap((f) => numbers(f.value));
  if (typeof of('confidence') === 'number' && !out.some((s) => s.name === 'confidence')) {
    out.unshift({ name: 'confidence', value: of('confidence'), limit: of('threshold') });
  }
  return out;
}

// word is the text of a technical name, or the name.
const word = (kind, name) => (has(kind + name) ? t(kind + name) : name);

const short = (n) => String(Math.round(n * 100) / 100);

// colours say when a meter turns yellow: confidence is bad below its limit, any
// other sign above.
function colours(s) {
  if (!s.limit) return {};
  return s.name === 'confidence' ? { low: s.limit, high: 1, optimum: 1 } : { low: 0, high: s.limit, optimum: 0 };
}

// meter shows a number beside the limit it was held to.
export function meter(s) {
  const label = word('signal.', s.name);
  const plainly = s.value === 1 && s.limit === 1; // it is so, or it is not
  const share = !plainly && s.value >= 0 && s.value <= 1 && (s.limit ?? 0) <= 1;
  return el('div', { class: 'meter' }, el('span', null, label),
    share ? el('meter', { min: 0, max: 1, ...colours(s), value: s.value, 'aria-label': label }) : null,
    el('b', null, plainly ? t('trace.yes') : short(s.value)), s.limit && !plainly ? el('span', { class: 'dim' }, t('trace.limit', { n: short(s.limit) })) : null);
}

function plain(v) {
  if (v === null || typeof v !== 'object') return typeof v === 'number' ? short(v) : String(v);
  if (Array.isArray(v)) return v.map(plain).join(', ');
  if ('name' in v && 'score' in v) return `${v.name} ${short(v.score)}`;
  return Object.entries(v).map(([k, x]) => `${k}: ${plain(x)}`).join(' · ');
}

function fact(n) {
  if (n.name === 'signals' && numbers(n.value).length) return el('div', { class: 'meters' }, numbers(n.value).map(meter));
  const value = ['reason', 'handoff'].includes(n.name) ? word('reason.', n.value) : plain(n.value);
  return el('div', { class: 'fact' }, el('span', { class: 'dim' }, word('fact.', n.name)), el('span', { dir: 'auto' }, value));
}

function step(s) {
  return el('li', null, el('div', { class: 'stage' }, el('b', null, word('stage.', s.stage)), el('span', { class: 'dim small' }, t('trace.time', { n: (s.micros / 1000).toFixed(1) }))),
    (s.notes || []).map(fact));
}

// showTrace opens a window on how the message seq was answered.
export async function showTrace(id, seq) {
  const body = el('div', { class: 'steps' }, el('p', { class: 'dim' }, t('app.loading')));
  const shut = el('button', { type: 'button', class: 'plain', 'aria-label': t('trace.close'), onclick: () => dialog.close() }, icon('close'));
  const dialog = el('dialog', { class: 'sheet', 'aria-labelledby': 'trace-title', onclose: () => dialog.remove(), onclick: (e) => e.target === dialog && dialog.close() },
    el('div', { class: 'inner' }, el('div', { class: 'head' }, el('h2', { id: 'trace-title' }, t('trace.title')), shut), el('p', { class: 'dim' }, t('trace.lead')), body));
  document.body.append(dialog);
  dialog.showModal();
  try {
    const tr = await api.trace(id, seq);
    put(body, el('ol', null, (tr.steps || []).map(step)));
  } catch (err) {
    put(body, el('p', { role: 'alert' }, err.status === 404 ? t('trace.none') : err.message));
  }
}
