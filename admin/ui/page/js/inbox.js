// The list of conversations, kept up to date.

import { el, put, icon } from './dom.js';
import { t, ago, full } from './i18n.js';
import * as api from './api.js';
import { customer, badge, reason, avatar } from './names.js';

const filters = ['waiting', 'agent', 'bot', 'closed', ''];
let filter = 'waiting'; // kept while the page lives

// inbox makes the list. waiting is told how many wait.
export function inbox({ me, waiting }) {
  let items = [];
  let next = '';
  let selected = '';
  let turn = 0; // of the last question asked: an older answer is dropped
  const wait = new Map(); // who waits, whatever the filter
  let waitMore = false;

  const tabs = el('div', { class: 'filters', role: 'group', 'aria-label': t('list.filter') });
  const ul = el('ul', { class: 'items' });
  const more = el('button', { type: 'button', class: 'wide', hidden: true, onclick: () => fetchPage(next) }, t('list.more'));
  const empty = el('div', { class: 'empty', hidden: true });
  const node = el('section', { class: 'list', 'aria-label': t('list.label') }, tabs, ul, empty, more);

  function drawTabs() {
    put(tabs, filters.map((f) => el('button', { type: 'button', 'aria-pressed': String(f === filter), onclick: () => choose(f) },
      t('list.' + (f || 'all')), f === 'waiting' && wait.size ? el('span', { class: 'count' }, wait.size + (waitMore ? '+' : '')) : null)));
  }

  function choose(f) {
    filter = f;
    items = [];
    next = '';
    drawTabs();
    tabs.querySelector('[aria-pressed=true]').focus();
    fetchPage('');
  }

  async function fetchPage(cursor) {
    const mine = ++turn;
    try {
      const page = await api.conversations(filter, cursor);
      if (mine !== turn) return;
      items = cursor ? merge(items, page.items) : page.items;
      next = page.next;
      draw();
    } catch (err) {
      if (err.status !== 401) put(empty, el('p', { role: 'alert' }, err.message), el('button', { type: 'button', onclick: () => fetchPage(cursor) }, t('compose.retry')));
      empty.hidden = false;
    }
  }

  const merge = (a, b) => [...a.filter((x) => !b.some((y) => y.id === x.id)), ...b];

  function row(c) {
    const name = customer(c);
    const said = c.preview_role === 'customer' || !c.preview ? '' : t(c.preview_role === 'agent' && c.owner === me.user ? 'who.you' : 'who.' + c.preview_role) + ': ';
    return el('li', { 'data-id': c.id }, el('a', { href: '#/c/' + encodeURIComponent(c.id), 'aria-current': c.id === selected ? 'true' : null },
      avatar(name, c.id),
      el('span', { class: 'what' },
        el('span', { class: 'top' }, el('b', null, name), el('time', { class: 'dim small', datetime: c.updated, title: full(c.updated) }, ago(c.updated))),
        el('span', { class: 'preview dim' }, said + (c.preview || '…')),
        el('span', { class: 'marks' }, badge(c, me),
          c.mode === 'waiting' && c.reason ? el('span', { class: 'tag warn' }, reason(c.reason)) : null,
          el('span', { class: 'tag' }, c.channel)))));
  }

  function draw() {
    const focused = document.activeElement?.closest?.('.items li')?.dataset.id;
    put(ul, items.map(row));
    if (focused) ul.querySelector(`li[data-id="${CSS.escape(focused)}"] a`)?.focus();
    more.hidden = !next;
    empty.hidden = items.length > 0;
    if (!items.length) {
      const calm = filter === 'waiting';
      put(empty, icon(calm ? 'check' : 'chat'), el('h2', null, t(calm ? 'list.emptyWaiting' : 'list.empty')), el('p', { class: 'dim' }, t(calm ? 'list.emptyWaitingLead' : 'list.emptyLead')));
    }
  }

  function count() {
    waiting(wait.size, waitMore);
    drawTabs();
  }

  // update takes one conversation as it is now.
  function update(c) {
    if (c.mode === 'waiting') wait.set(c.id, true); else wait.delete(c.id);
    count();
    const at = items.findIndex((x) => x.id === c.id);
    if (at >= 0) items.splice(at, 1);
    if (!filter || c.mode === filter) items.unshift(c);
    items.sort((a, b) => (a.updated < b.updated ? 1 : a.updated > b.updated ? -1 : 0));
    draw();
  }

  async function refresh() {
    fetchPage('');
    try {
      const page = await api.conversations('waiting', '', 200);
      wait.clear();
      for (const c of page.items) wait.set(c.id, true);
      waitMore = Boolean(page.next);
      count();
    } catch { /* fetchPage tells it */ }
  }

  function select(id) {
    selected = id || '';
    for (const li of ul.children) {
      const a = li.firstChild;
      if (li.dataset.id === selected) a.setAttribute('aria-current', 'true'); else a.removeAttribute('aria-current');
    }
  }

  const times = () => { for (const e of ul.querySelectorAll('time')) e.textContent = ago(e.dateTime); };
  drawTabs();
  return { node, update, refresh, select, times };
}
