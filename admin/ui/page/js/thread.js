// One conversation: who has it, what was said, and where to write.

import { el, put, icon, toast } from './dom.js';
import { t, day } from './i18n.js';
import * as api from './api.js';
import { customer, badge, mode, reason, avatar } from './names.js';
import { bubble, divider } from './bubble.js';
import { composer } from './composer.js';
import { signals, meter, showTrace } from './trace.js';

// emptyThread stands where no conversation is chosen.
export function emptyThread() {
  return el('div', { class: 'empty' }, icon('chat'), el('h2', null, t('thread.pick')), el('p', { class: 'dim' }, t('thread.pickLead')));
}

// thread shows conversation id. changed is told when an act here changed it.
export function thread({ me, id, changed }) {
  let c = null;
  let last = 0; // seq of the last message shown
  let lastDay = '';
  let open = true;
  let asked = 0; // seq of the message that was handed over, or the customer's last
  let handed = false;
  let pinned = true; // the end of the log is in sight
  let fetching = null;
  let again = false;
  let told = 0; // the message whose signals are shown
  const seen = new Set();

  const head = el('div', { class: 'threadhead' });
  const banner = el('div', { class: 'banner', hidden: true });
  const log = el('ol', { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-label': t('thread.messages'), tabindex: '0', onscroll: () => { pinned = atEnd(); newer.hidden = newer.hidden || pinned; } });
  const newer = el('button', { type: 'button', class: 'newer', hidden: true, onclick: () => toEnd() }, icon('down'), t('thread.newer'));
  const write = composer({ me, id, sent: () => refresh() });
  const node = el('section', { class: 'thread', 'aria-label': t('thread.label') }, head, banner, el('div', { class: 'scroll' }, log, newer), write.node);

  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  const toEnd = () => { log.scrollTop = log.scrollHeight; newer.hidden = true; pinned = true; };
  const resized = new ResizeObserver(() => { if (pinned) toEnd(); });
  resized.observe(log);

  function button(key, verb, kind, values) {
    return el('button', { type: 'button', class: kind, 'data-act': verb, onclick: (e) => act(verb, e.currentTarget) }, t(key, values));
  }

  function actions() {
    if (me.role === 'viewer') return [];
    const mine = c.mode === 'agent' && c.owner === me.user;
    return [
      mine ? null : c.mode === 'agent' ? button('thread.takeFrom', 'take', 'secondary', { name: c.owner }) : button('thread.take', 'take', c.mode === 'waiting' ? 'primary' : 'secondary'),
      c.mode === 'waiting' || c.mode === 'agent' ? button('thread.return', 'return', 'secondary') : null,
      c.mode === 'closed' ? null : button('thread.resolve', 'resolve', 'secondary'),
    ];
  }

  function drawHead() {
    const name = customer(c);
    const focused = head.contains(document.activeElement) ? document.activeElement.dataset.act : '';
    put(head,
      el('a', { class: 'back', href: '#/c', 'aria-label': t('thread.back') }, icon('back')),
      avatar(name, c.id),
      el('div', { class: 'name' }, el('h1', null, name), el('div', { class: 'marks' }, badge(c, me), el('span', { class: 'tag' }, c.channel),
        c.contact?.email && c.contact.email !== name ? el('span', { class: 'dim small' }, c.contact.email) : null)),
      el('div', { class: 'actions' }, actions()));
    if (focused) (head.querySelector(`[data-act=${focused}]`) || head.querySelector('.actions button'))?.focus();
    drawBanner();
    write.show(c);
  }

  // drawBanner says why a person is wanted, with the numbers behind it.
  function drawBanner() {
    const wanted = c.mode === 'waiting' && c.reason;
    banner.hidden = !wanted;
    if (!wanted || told === asked && banner.firstChild) return;
    told = asked;
    const numbers = el('div', { class: 'meters' });
    put(banner, icon('info'), el('div', null, el('b', null, reason(c.reason, true)), numbers),
      asked ? el('button', { type: 'button', class: 'link', onclick: () => showTrace(id, asked) }, t('thread.why')) : null);
    if (asked) api.trace(id, asked).then((tr) => put(numbers, signals(tr).map(meter)), () => { /* no trace, no numbers */ });
  }

  async function act(verb, from) {
    from.disabled = true;
    const done = { take: 'thread.youTook', return: 'thread.youReturned', resolve: 'thread.youResolved' }[verb];
    try {
      c = await api.move(id, verb, c.epoch);
      toast(t(done), 'good');
    } catch (err) {
      if (err.status === 409) c = await stale(c); else { toast(err.message, 'bad', t('app.dismiss')); from.disabled = false; return; }
    }
    drawHead();
    changed(c);
    refresh();
    if (verb === 'take' && c.owner === me.user) write.focus();
  }

  // stale reads the case again and says who has it: no harm is done.
  async function stale(was) {
    try {
      const now = await api.conversation(id);
      toast(t('thread.stale', { state: mode(now, me) }), 'warn', t('app.dismiss'));
      return now;
    } catch {
      return was;
    }
  }

  function add(m) {
    if (seen.has(m.id)) return;
    seen.add(m.id);
    if (day(m.at) !== lastDay) {
      lastDay = day(m.at);
      log.append(divider(m.at));
    }
    if (m.outcome === 'handed_over') { asked = m.turn; handed = true; }
    if (m.kind === 'returned' || m.kind === 'resolved') handed = false;
    if (m.role === 'customer' && !handed) asked = m.seq;
    last = Math.max(last, m.seq);
    log.append(bubble(m, { who: customer(c), me, why: (turn) => showTrace(id, turn) }));
  }

  // fetchNew reads what is new; asked for again meanwhile, it reads once more.
  async function fetchNew() {
    const first = seen.size === 0;
    const stick = first || pinned;
    const before = seen.size;
    let after = last;
    for (let next = 'x'; next && open; after = next) {
      const page = await api.messages(id, after);
      if (!open) return;
      page.items.forEach(add);
      next = page.next;
    }
    if (seen.size === before) return;
    if (stick || log.lastElementChild?.matches('.agent, .note')) toEnd(); else newer.hidden = false;
    drawBanner();
  }

  async function refresh() {
    if (fetching) { again = true; return; }
    fetching = true;
    try {
      c = await api.conversation(id);
      if (!open) return;
      drawHead();
      await fetchNew();
    } catch (err) {
      if (err.status === 404) put(node, el('div', { class: 'empty' }, icon('chat'), el('h2', null, t('thread.gone')), el('a', { href: '#/c' }, t('thread.back'))));
      else if (err.status !== 401) toast(err.message, 'bad', t('app.dismiss'));
    } finally {
      fetching = null;
      if (again && open) { again = false; refresh(); }
    }
  }

  refresh();
  return { id, node, refresh, update: refresh, close: () => { open = false; resized.disconnect(); } };
}
