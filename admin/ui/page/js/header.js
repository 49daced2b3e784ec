// The bar at the top: sections, whether the line is up, language, who is in.

import { el, icon, put } from './dom.js';
import { t, current, languages } from './i18n.js';

// languageSwitch offers the languages; change is told the one chosen.
export function languageSwitch(change) {
  return el('div', { class: 'languages', role: 'group', 'aria-label': t('app.language') },
    Object.entries(languages).map(([code, name]) => el('button', { type: 'button', class: 'plain', lang: code,
      'aria-pressed': String(code === current()), onclick: () => code !== current() && change(code) }, name)));
}

// header makes the bar. section marks the one shown, line says whether changes
// arrive, waiting sets the count.
export function header({ me, relabel, signOut }) {
  const count = el('span', { class: 'count', hidden: true });
  const link = (hash, key, glyph, extra) => el('a', { href: hash, title: t(key) }, icon(glyph), el('span', { class: 'word' }, t(key)), extra);
  const links = {
    conversations: link('#/c', 'nav.conversations', 'chat', count),
    knowledge: link('#/k', 'nav.knowledge', 'doc'),
  };
  const live = el('span', { class: 'live', role: 'status' });
  const line = (up) => {
    live.classList.toggle('up', up);
    live.title = t(up ? 'live.on' : 'live.off');
    put(live, el('span', { class: 'dot', 'aria-hidden': 'true' }), el('span', { class: 'word' }, t(up ? 'live.on' : 'live.off')));
  };
  line(false);
  const node = el('header', { class: 'bar' },
    el('a', { class: 'brand', href: '#/c', 'aria-label': t('app.title') }, el('span', { class: 'mark', 'aria-hidden': 'true' }, icon('chat')), el('span', { class: 'word' }, t('app.title'))),
    el('nav', { 'aria-label': t('nav.label') }, links.conversations, links.knowledge),
    live, languageSwitch(relabel),
    el('span', { class: 'me' }, el('b', null, me.user), el('span', { class: 'dim small' }, t('role.' + me.role))),
    el('button', { type: 'button', class: 'plain out', title: t('app.signOut'), 'aria-label': t('app.signOut'), onclick: signOut }, icon('out')));
  return {
    node,
    line,
    section(name) {
      for (const [k, a] of Object.entries(links)) {
        if (k === name) a.setAttribute('aria-current', 'page'); else a.removeAttribute('aria-current');
      }
    },
    waiting(n, more) {
      count.hidden = n === 0;
      count.textContent = n + (more ? '+' : '');
      count.setAttribute('aria-label', t('list.waiting') + ': ' + n);
      document.title = (n ? `(${count.textContent}) ` : '') + t('app.title');
    },
  };
}
