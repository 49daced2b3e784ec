// The page: who is in, which section shows, and the line on which changes come.

import { el, put, toast } from './dom.js';
import { t, load } from './i18n.js';
import * as api from './api.js';
import { signIn } from './signin.js';
import { header } from './header.js';
import { inbox } from './inbox.js';
import { thread, emptyThread } from './thread.js';
import { knowledge } from './knowledge.js';

const root = document.getElementById('app');
let me = null;
let stop = () => {}; // the desk shown

async function relabel(lang) {
  await load(lang);
  if (me) desk(); else gate(false);
}

// gate shows the sign-in screen.
function gate(ended) {
  stop();
  stop = () => {};
  me = null;
  document.title = t('app.title');
  signIn(root, { ended, relabel, done: (who) => { me = who; desk(); } });
}

async function leave() {
  try { await api.signOut(); } catch { /* it is over either way, or the next click says why not */ }
  gate(false);
}

// desk shows the whole place for somebody who is in.
function desk() {
  stop();
  const bar = header({ me, relabel, signOut: leave });
  const main = el('main', { id: 'main', tabindex: '-1' });
  const skip = el('a', { class: 'skip', href: '#main', onclick: (e) => { e.preventDefault(); main.focus(); } }, t('app.skip'));
  put(root, skip, bar.node, main);

  const list = inbox({ me, waiting: bar.waiting });
  const pane = el('div', { class: 'pane' });
  const conversations = el('div', { class: 'split' }, list.node, pane);
  let shown = null; // the conversation open, or null
  let shelf = null; // the knowledge section, once seen

  function route() {
    const [, section, id] = location.hash.split('/').map(decodeURIComponent);
    if (section === 'k') {
      shelf ??= knowledge({ me });
      bar.section('knowledge');
      put(main, shelf.node);
      shelf.refresh();
      return;
    }
    bar.section('conversations');
    if (conversations.parentNode !== main) put(main, conversations);
    if (shown && shown.id === id) return;
    shown?.close();
    shown = id ? thread({ me, id, changed: list.update }) : null;
    conversations.classList.toggle('open', Boolean(shown));
    list.select(id);
    put(pane, shown ? shown.node : emptyThread());
  }

  const changed = (c) => {
    list.update(c);
    if (shown?.id === c.id) shown.update(c);
  };
  const refresh = () => {
    list.refresh();
    shown?.refresh();
  };
  let hangUp = () => {};
  let again = 0;
  const listen = () => {
    hangUp = api.listen({ state: bar.line, conversation: changed, refresh, closed: () => { again = setTimeout(listen, 3000); } });
  };
  window.addEventListener('hashchange', route);
  const tick = setInterval(list.times, 30000);
  stop = () => {
    window.removeEventListener('hashchange', route);
    clearInterval(tick);
    clearTimeout(again);
    hangUp();
    shown?.close();
  };
  list.refresh();
  route();
  listen();
}

async function boot() {
  await load();
  api.onSignedOut(() => { if (me) gate(true); });
  put(root, el('p', { class: 'loading' }, t('app.loading')));
  try {
    me = await api.session();
    desk();
  } catch (err) {
    if (err.status !== 401) toast(err.message, 'bad', t('app.dismiss'));
    gate(false);
  }
}

boot();
