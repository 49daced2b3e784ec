// The documents the bot answers from, and a box to try a question.

import { el, put, icon, toast } from './dom.js';
import { t, ago, full, size } from './i18n.js';
import * as api from './api.js';
import { uploads } from './uploads.js';
import { tryBox } from './search.js';

const mayEdit = (me) => ['editor', 'admin', 'owner'].includes(me.role);

// confirmDelete asks, and resolves to whether to go on.
function confirmDelete(name) {
  return new Promise((resolve) => {
    const dialog = el('dialog', { class: 'ask', 'aria-labelledby': 'ask-title', onclose: () => { dialog.remove(); resolve(dialog.returnValue === 'yes'); } },
      el('form', { method: 'dialog', class: 'inner' }, el('h2', { id: 'ask-title' }, t('knowledge.deleteTitle')), el('p', null, t('knowledge.deleteLead', { name })),
        el('div', { class: 'row' }, el('button', { value: 'no', class: 'secondary' }, t('knowledge.cancel')), el('button', { value: 'yes', class: 'danger' }, t('knowledge.delete')))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

// knowledge makes the section.
export function knowledge({ me }) {
  let bot = me.bots[0] || '';
  const edit = mayEdit(me);
  const items = el('ul', { class: 'documents' });
  const up = edit ? uploads({ bot: () => bot, done: () => refresh() }) : null;
  const choice = me.bots.length > 1 ? el('label', { class: 'botchoice' }, t('knowledge.bot'), el('select', { onchange: (e) => { bot = e.target.value; refresh(); box.clear(); } },
    me.bots.map((b) => el('option', { value: b }, b)))) : null;
  const box = tryBox({ bot: () => bot });
  const node = el('div', { class: 'knowledge' },
    el('div', { class: 'title' }, el('div', null, el('h1', null, t('knowledge.title')), el('p', { class: 'dim' }, t('knowledge.lead'))), choice),
    el('div', { class: 'columns' },
      el('section', { class: 'card', 'aria-labelledby': 'docs-title' }, el('h2', { id: 'docs-title' }, t('knowledge.documents')),
        edit ? up.node : el('p', { class: 'dim' }, t('knowledge.readOnly')), items),
      box.node));

  function row(d) {
    const facts = [t('knowledge.facts', { version: d.version, passages: d.passages, size: size(d.bytes) }), d.pages ? t('knowledge.pages', { n: d.pages }) : ''].filter(Boolean).join(' · ');
    return el('li', null, el('span', { class: 'glyph', 'aria-hidden': 'true' }, icon('doc')),
      el('div', { class: 'about' }, el('b', null, d.name), d.file !== d.name ? el('span', { class: 'dim small' }, d.file) : null,
        el('span', { class: 'dim small' }, facts, ' · ', el('time', { datetime: d.updated, title: full(d.updated) }, t('knowledge.updated', { when: ago(d.updated) })))),
      edit ? el('div', { class: 'row' },
        el('button', { type: 'button', class: 'secondary', 'aria-label': t('knowledge.newVersionOf', { name: d.name }), onclick: () => up.pick(d.name) }, icon('upload'), t('knowledge.newVersion')),
        el('button', { type: 'button', class: 'plain', title: t('knowledge.delete'), 'aria-label': t('knowledge.deleteOf', { name: d.name }), onclick: () => drop(d.name) }, icon('trash'))) : null);
  }

  async function drop(name) {
    if (!await confirmDelete(name)) return;
    try {
      await api.remove(bot, name);
      toast(t('knowledge.deleted', { name }), 'good');
    } catch (err) {
      toast(err.message, 'bad', t('app.dismiss'));
    }
    refresh();
  }

  async function refresh() {
    const of = bot;
    try {
      const all = [];
      for (let cursor = '', more = true; more; more = Boolean(cursor)) {
        const page = await api.documents(of, cursor);
        all.push(...page.items);
        cursor = page.next;
      }
      if (of !== bot) return;
      put(items, all.length ? all.map(row) : el('li', { class: 'empty' }, icon('doc'), el('h3', null, t('knowledge.empty')), el('p', { class: 'dim' }, t('knowledge.emptyLead'))));
    } catch (err) {
      if (err.status !== 401) put(items, el('li', { role: 'alert' }, err.message));
    }
  }

  return { node, refresh };
}
