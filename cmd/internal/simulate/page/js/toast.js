// Short words that go away by themselves.

import { h } from './dom.js';

const STAYS = 6000; // ms

export function toast(text) {
  const e = h('p', { class: 'toast' }, text);
  const box = document.getElementById('toasts');
  while (box.children.length > 2) box.firstChild.remove();
  box.append(e);
  setTimeout(() => e.remove(), STAYS);
}
