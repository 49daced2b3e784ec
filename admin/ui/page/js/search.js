// A box to see what the bot would answer from.

import { el, put, icon } from './dom.js';
import { t, percent } from './i18n.js';
import * as api from './api.js';

function hit(h) {
  const n = percent(h.score);
  const where = [h.title, h.page ? t('thread.page', { n: h.page }) : ''].filter(Boolean).join(' · ');
  return el('li', null,
    el('div', { class: 'head' }, el('b', null, icon('doc'), h.doc), el('span', { class: 'dim small' }, where)),
    h.question ? el('p', { class: 'question' }, h.question) : null,
    el('p', { class: 'text', dir: 'auto' }, h.text),
    el('div', { class: 'meter small' }, el('meter', { min: 0, max: 1, value: h.score, 'aria-hidden': 'true' }), el('span', { class: 'dim' }, t('search.score', { n }))));
}

// tryBox makes the box.
export function tryBox({ bot }) {
  let turn = 0;
  const input = el('input', { id: 'q', type: 'search', maxlength: 1000, placeholder: t('search.placeholder'), autocomplete: 'off' });
  const out = el('div', { class: 'hits', 'aria-live': 'polite' });

  async function submit(e) {
    e.preventDefault();
    const q = input.value.trim();
    if (!q) { input.focus(); return; }
    const mine = ++turn;
    put(out, el('p', { class: 'dim' }, t('app.loading')));
    try {
      const page = await api.search(bot(), q);
      if (mine !== turn) return;
      put(out, page.items.length ? el('ol', null, page.items.map(hit)) : el('p', { class: 'empty dim' }, t('search.none')));
    } catch (err) {
      if (mine === turn) put(out, el('p', { role: 'alert', class: 'error' }, err.message));
    }
  }

  const node = el('section', { class: 'card try', 'aria-labelledby': 'try-title' }, el('h2', { id: 'try-title' }, t('search.title')), el('p', { class: 'dim' }, t('search.lead')),
    el('form', { class: 'searchbox', role: 'search', onsubmit: submit }, el('label', { for: 'q', class: 'quiet' }, t('search.label')), input,
      el('button', { class: 'primary', 'aria-label': t('search.submit') }, icon('search'), el('span', { class: 'word' }, t('search.submit')))), out);
  return { node, clear() { turn++; put(out); } };
}
