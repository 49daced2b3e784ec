// Puts the four screens together.

import { h } from './dom.js';
import { load, fill, t, current } from './i18n.js';
import { watch } from './api.js';
import { WeChat } from './wechat.js';
import { Telegram } from './telegram.js';
import { Slack, know } from './slack.js';
import { Desk } from './desk.js';
import * as guide from './guide.js';
import * as modal from './modal.js';

const $ = (id) => document.getElementById(id);
const panes = [new WeChat(), new Telegram(), new Slack(), new Desk()];
const [wechat, telegram, slack, desk] = panes;
const read = {}; // per screen: how many messages had been seen
let state = null;
let chosen = 'wechat';

const tabs = Object.fromEntries(panes.map((p, i) => [p.kind, h('button', { type: 'button', role: 'tab', id: `tab-${p.kind}`, 'aria-controls': p.kind, on: {
  click: () => choose(p.kind), keydown: (e) => arrow(e, i) } })]));

// choose shows one screen where there is no room for all.
function choose(kind) {
  chosen = kind;
  for (const p of panes) {
    const on = p.kind === kind;
    tabs[p.kind].setAttribute('aria-selected', String(on));
    tabs[p.kind].tabIndex = on ? 0 : -1;
    p.root.classList.toggle('shown', on);
    if (on) p.end();
  }
  // Beside the desk, where it has a place of its own, a customer stays shown.
  $('panes').dataset.beside = kind === 'desk' ? $('panes').dataset.beside || 'wechat' : kind;
  count();
}

function arrow(e, i) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
  if (!step) return;
  const p = panes[(i + step + panes.length) % panes.length];
  choose(p.kind);
  tabs[p.kind].focus();
}

// count marks the screens with something new.
function count() {
  if (!state) return; // what was there before one came is not new
  for (const p of panes) {
    const visible = p.root.getClientRects().length > 0;
    if (visible || read[p.kind] === undefined) read[p.kind] = p.fresh;
    tabs[p.kind].classList.toggle('news', p.fresh > read[p.kind]);
  }
}

function go(kind) {
  choose(kind);
  const p = panes.find((x) => x.kind === kind);
  if (!p.foot.hidden) p.input.focus();
  else p.log.focus();
}

function draw(s) {
  state = s;
  know(s.names);
  wechat.draw(s.wechat);
  telegram.draw(s.telegram);
  slack.draw(s.slack);
  desk.draw(s.desk);
  modal.draw(s.desk.windows);
  guide.draw($('guide'), s, go);
  count();
}

function words() {
  fill();
  for (const p of panes) {
    p.words({ name: p.kind === 'desk' ? state?.desk.agent || 'Ann' : state?.names.U0CUSTOMER || 'Chris' });
    tabs[p.kind].replaceChildren(t(p.kind === 'desk' ? 'desk.tab' : p.kind), h('span', { class: 'dot', 'aria-hidden': 'true' }));
  }
  for (const b of document.querySelectorAll('[data-lang]')) b.setAttribute('aria-pressed', String(b.dataset.lang === current()));
  if (state) draw(state);
}

async function start() {
  await load();
  $('panes').append(...panes.map((p) => p.root));
  $('tabs').append(...panes.map((p) => tabs[p.kind]));
  modal.setup();
  words();
  choose(location.hash === '#desk' ? 'desk' : chosen);
  for (const b of document.querySelectorAll('[data-lang]')) {
    b.addEventListener('click', async () => {
      await load(b.dataset.lang);
      words();
    });
  }
  addEventListener('resize', count);
  addEventListener('hashchange', () => { if (location.hash === '#desk') go('desk'); });
  watch(draw, (yes) => { $('offline').hidden = yes; });
}

start();
