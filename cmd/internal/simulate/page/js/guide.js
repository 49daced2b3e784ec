// The five steps, ticked off as they are done.

import { h, icon, sync } from './dom.js';
import { t, current } from './i18n.js';

// done tells from a snapshot which steps have been taken.
export function done(s) {
  const cards = s.desk.messages.filter((n) => n.app);
  const answered = s.wechat.some((l) => l.from === 'account') || s.telegram.messages.some((m) => m.bot) || s.slack.some((n) => n.app);
  const taken = cards.some((n) => n.raw.includes(s.desk.agent));
  const replied = cards.some((n) => (n.replies || []).some((r) => (r.reactions || []).includes('white_check_mark')));
  const over = cards.some((n) => !(n.buttons || []).length);
  return [answered, cards.length > 0, taken || replied, replied, over];
}

// draw shows the steps; go is called with the screen a step belongs to.
export function draw(list, s, go) {
  const did = done(s);
  const next = did.indexOf(false);
  const items = did.map((d, i) => ({ n: i + 1, d, next: i === next }));
  sync(list, items, (i) => i.n, (i) => h('li', { class: i.d ? 'did' : i.next ? 'next' : '', 'aria-current': i.next && 'step' },
    h('button', { type: 'button', data: { focus: String(i.n) }, on: { click: () => go(i.n < 3 ? 'wechat' : 'desk') } },
      h('span', { class: 'n', 'aria-label': i.d ? t('guide.done') : null }, i.d ? icon('check') : String(i.n)), t(`guide.${i.n}`))), current());
  list.classList.toggle('finished', next < 0);
}
