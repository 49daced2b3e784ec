// Where a person writes: a reply to the customer, or a note among colleagues.

import { el, put, icon } from './dom.js';
import { t } from './i18n.js';
import * as api from './api.js';

const drafts = new Map(); // by conversation, while the page lives

const may = (me) => me.role !== 'viewer';

// newId names a message, so that sending it again is harmless.
const newId = () => (crypto.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join(''));

// composer makes the form. sent is told after the server has the message.
export function composer({ me, id, sent }) {
  if (!may(me)) {
    return { node: el('p', { class: 'composer closed dim' }, icon('eye'), t('compose.readOnly')), show() {}, focus() {} };
  }
  const kept = drafts.get(id) || { text: '', internal: false };
  let internal = kept.internal;
  let c = null;
  let flight = null; // the message being sent, or that failed: a second try keeps its id

  const text = el('textarea', { rows: 2, id: 'compose', 'aria-label': t('compose.label'), value: kept.text, oninput: keep, onkeydown: key });
  const hint = el('p', { class: 'hint small', id: 'compose-hint' });
  const error = el('p', { class: 'error small', role: 'alert' });
  const send = el('button', { class: 'primary' });
  const modes = el('div', { class: 'modes', role: 'group', 'aria-label': t('compose.label') });
  const node = el('form', { class: 'composer', onsubmit: (e) => { e.preventDefault(); submit(); } },
    modes, text, error, el('div', { class: 'foot' }, hint, send));
  text.setAttribute('aria-describedby', 'compose-hint');

  function keep() {
    drafts.set(id, { text: text.value, internal });
    text.style.height = 'auto';
    text.style.height = Math.min(text.scrollHeight + 2, 220) + 'px';
    if (flight && text.value !== flight.text) { flight = null; error.textContent = ''; }
    draw();
  }

  // key sends on Enter, but not the Enter that ends the choice of a character.
  function key(e) {
    if (e.key === 'Enter' && !e.shiftKey && !e.isComposing && e.keyCode !== 229) {
      e.preventDefault();
      submit();
    }
  }

  async function submit() {
    const words = text.value.trim();
    if (!words || send.disabled) return;
    if (!flight || flight.text !== text.value || flight.internal !== internal) flight = { id: newId(), text: text.value, internal };
    const now = flight;
    error.textContent = '';
    node.classList.add('busy');
    draw();
    try {
      await api.say(id, { id: now.id, text: now.text.trim(), internal: now.internal });
      flight = null;
      if (text.value === now.text) text.value = '';
      node.classList.remove('busy');
      keep();
      sent();
    } catch (err) {
      node.classList.remove('busy');
      error.textContent = t('compose.failed', { why: err.message });
      draw();
    }
    text.focus();
  }

  const other = () => c && c.mode === 'agent' && c.owner !== me.user;

  function says() {
    if (internal || !c) return '';
    if (other()) return t('compose.other', { name: c.owner });
    return { bot: t('compose.takesBot'), waiting: t('compose.takesWaiting'), closed: t('compose.takesClosed') }[c.mode] || '';
  }

  function draw() {
    const barred = other() && !internal;
    const busy = node.classList.contains('busy');
    put(modes, [false, true].map((n) => el('button', { type: 'button', 'aria-pressed': String(n === internal), onclick: () => { internal = n; keep(); text.focus(); } },
      n ? icon('lock') : null, t(n ? 'compose.note' : 'compose.reply'))));
    node.classList.toggle('internal', internal);
    text.placeholder = t(internal ? 'compose.notePlaceholder' : 'compose.replyPlaceholder');
    text.disabled = barred;
    hint.textContent = says() || t('compose.keys');
    send.disabled = busy || barred || !text.value.trim();
    put(send, busy ? t('compose.sending') : flight ? t('compose.retry') : t(internal ? 'compose.addNote' : 'compose.send'));
  }

  draw();
  return { node, show(now) { c = now; draw(); }, focus: () => text.focus() };
}
