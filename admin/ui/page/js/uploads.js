// Taking documents in: drop or choose files, see each one's progress and what
// it changed. One file at a time, so that a slow one does not starve others.

import { el, put, icon } from './dom.js';
import { t } from './i18n.js';
import * as api from './api.js';

// warnings words what was not read of a file, or may surprise.
function warnings(r) {
  const out = [], pages = (list) => list.slice(0, 20).join(', ') + (list.length > 20 ? ', …' : '');
  if (r.unreadable) out.push(t('upload.unreadable', { n: r.unreadable.length, all: r.document.pages, pages: pages(r.unreadable) }));
  if (r.recognised) out.push(t('upload.recognised', { n: r.recognised.length, all: r.document.pages, pages: pages(r.recognised) }));
  for (const o of r.left || []) if (o.why === 'hidden') out.push(t('upload.hidden', { n: o.characters, places: o.pieces }));
  return out;
}

// uploads makes the drop zone and the list of what was sent. done is told
// after each file that changed something.
export function uploads({ bot, done }) {
  const queue = [];
  let running = false;
  let as = ''; // the document the chosen file is a version of
  const input = el('input', { type: 'file', id: 'file', class: 'quiet', multiple: true, onchange: () => { take(input.files); input.value = ''; } });
  const dry = el('input', { type: 'checkbox', id: 'dry' });
  const zone = el('div', { class: 'drop' }, icon('upload'),
    el('p', null, t('knowledge.drop'), ' ', el('label', { for: 'file', class: 'link' }, t('knowledge.choose'))), input,
    el('p', { class: 'dim small' }, t('knowledge.formats')), el('label', { class: 'check small' }, dry, t('knowledge.preview')));
  const list = el('ul', { class: 'uploads', 'aria-live': 'polite' });
  const clear = el('button', { type: 'button', class: 'link small', hidden: true, onclick: () => { list.replaceChildren(); clear.hidden = true; } }, t('upload.clear'));
  let over = 0;
  for (const [name, n] of [['dragenter', 1], ['dragleave', -1]]) {
    zone.addEventListener(name, (e) => { e.preventDefault(); over += n; zone.classList.toggle('over', over > 0); });
  }
  zone.addEventListener('dragover', (e) => e.preventDefault());
  zone.addEventListener('drop', (e) => { e.preventDefault(); over = 0; zone.classList.remove('over'); as = ''; take(e.dataTransfer.files); });

  function take(files) {
    for (const f of files) {
      const bar = el('progress', { max: 1, value: 0 });
      const state = el('span', { class: 'small' }, t('upload.queued'));
      const li = el('li', null, el('div', { class: 'head' }, el('b', null, as || f.name), as && as !== f.name ? el('span', { class: 'dim small' }, f.name) : null, state), bar);
      list.prepend(li);
      queue.push({ file: f, as, dry: dry.checked, bot: bot(), li, bar, state });
    }
    as = '';
    work();
  }

  async function work() {
    if (running) return;
    running = true;
    while (queue.length) await send(queue.shift());
    running = false;
    clear.hidden = !list.children.length;
  }

  async function send(u) {
    let began = null; // the first page read
    try {
      const r = await api.upload(u.bot, u.file, u.as, u.dry, (share) => {
        u.bar.value = share;
        u.state.textContent = share < 1 ? t('upload.sending', { n: Math.round(share * 100) }) : t('upload.reading');
      }, (n, of) => {
        began = began || { at: Date.now(), n };
        const left = n > began.n ? Math.ceil((Date.now() - began.at) / (n - began.n) * (of - n) / 1000) : 0;
        u.bar.value = n / of;
        u.state.textContent = of < 2 ? t('upload.reading') : n === of ? t('upload.learning') : t(left > 2 ? 'upload.pagesleft' : 'upload.pages', { n, of, left });
      });
      finish(u, r);
      if (!u.dry) done();
    } catch (err) {
      u.li.classList.add('bad');
      u.state.textContent = t('upload.failed');
      u.bar.replaceWith(el('p', { class: 'small', role: 'alert' }, err.message, err.detail ? el('span', { class: 'dim' }, ' ', err.detail) : null));
    }
  }

  function finish(u, r) {
    u.li.classList.add(u.dry ? 'dry' : 'good');
    put(u.state, t(u.dry ? 'upload.preview' : 'upload.done'));
    u.bar.replaceWith(el('div', { class: 'marks' }, el('span', { class: 'tag' }, t('upload.version', { n: r.document.version })),
      el('span', { class: 'tag plus' }, t('upload.added', { n: r.added })), el('span', { class: 'tag minus' }, t('upload.removed', { n: r.removed })),
      el('span', { class: 'tag' }, t('upload.unchanged', { n: r.unchanged }))));
    if (r.tables) u.li.lastChild.append(el('span', { class: 'tag' }, t('upload.tables', { n: r.tables })));
    for (const text of warnings(r)) u.li.append(el('p', { class: 'small', role: 'alert' }, text));
  }

  return {
    node: el('div', null, zone, list, clear),
    pick(name) {
      as = name;
      input.multiple = false;
      input.addEventListener('cancel', () => { as = ''; }, { once: true });
      input.click();
      input.multiple = true;
    },
  };
}
