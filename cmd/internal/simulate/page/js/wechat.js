// The follower of an Official Account.

import { h, icon } from './dom.js';
import { t } from './i18n.js';
import { Pane, bubble, notice, send } from './pane.js';
import { linked, link } from './mrkdwn.js';

// What the platform's own words for acts without text are.
const followed = '关注';
const unfollowed = '取消关注';
const clicked = '菜单 ';
const spoken = '[语音] ';
const picture = '[图片]';

export class WeChat extends Pane {
  constructor() {
    super('wechat', (text) => send('wechat/say', { text }));
    this.follow = h('button', { type: 'button', class: 'small', on: { click: () => send(this.following ? 'wechat/unfollow' : 'wechat/follow') } });
    this.aside.append(this.follow);
    this.voice = h('button', { type: 'button', class: 'tool', on: { click: () => this.speak() } }, icon('voice'));
    this.image = h('button', { type: 'button', class: 'tool', on: { click: () => send('wechat/image') } }, icon('image'));
    this.tools.append(this.voice, this.image);
    this.menu = h('div', { class: 'menu', role: 'group' });
    this.foot.append(this.menu);
    this.following = false;
  }

  words() {
    super.words();
    this.follow.textContent = t(this.following ? 'wechat.unfollow' : 'wechat.follow');
    this.empty.replaceChildren(h('p', {}, t('wechat.empty')));
    for (const [b, key] of [[this.voice, 'wechat.voice'], [this.image, 'wechat.image']]) {
      b.setAttribute('aria-label', t(key));
      b.title = t(key);
    }
    this.voice.title += `\n${t('wechat.voice.hint')}`;
    this.menu.setAttribute('aria-label', t('wechat.menu'));
    this.menu.replaceChildren(...['1', '2', '3'].map((n) => h('button', { type: 'button', on: {
      click: () => send('wechat/click', { text: t(`wechat.menu.${n}.key`) }) } }, t(`wechat.menu.${n}`))));
  }

  async speak() {
    const text = this.input.value.trim() || t('example.1');
    if (await send('wechat/voice', { text })) {
      this.input.value = '';
      this.grow();
    }
  }

  // draw shows what the customer sees.
  draw(lines) {
    for (const l of lines) {
      if (event(l) && (l.text === followed || l.text === unfollowed)) this.following = l.text === followed;
    }
    this.follow.textContent = t(this.following ? 'wechat.unfollow' : 'wechat.follow');
    this.fresh = lines.filter((l) => l.from !== 'user').length;
    this.show(lines, (l) => l.n, (l) => this.line(l));
  }

  line(l) {
    if (l.from === 'platform') return h('p', { class: 'notice bad', title: t('wechat.unavailable') }, l.text);
    if (event(l)) return notice(said(l.text));
    const at = new Date(l.at);
    if (l.from === 'user') return bubble(true, at, ...own(l.text));
    const late = l.attempt > 1 ? ` · ${t('wechat.attempt', { n: l.attempt })}` : '';
    return bubble(false, at, rich(l.text), h('span', { class: `via ${l.via}`, title: t(`wechat.${l.via}.hint`) }, t(`wechat.${l.via}`) + late));
  }
}

// event reports whether l is an act rather than a message: those have ids.
const event = (l) => l.from === 'user' && !l.id;

function said(text) {
  if (text === followed) return t('wechat.followed');
  if (text === unfollowed) return t('wechat.unfollowed');
  return text.startsWith(clicked) ? t('wechat.clicked', { key: text.slice(clicked.length) }) : text;
}

// own draws what the customer sent: its body, then a mark.
function own(text) {
  if (text.startsWith(spoken)) {
    return [[icon('voice'), ' ', text.slice(spoken.length) || t('wechat.voice.none')], h('span', {}, t('wechat.voice.mark'))];
  }
  if (text === picture) return [[h('span', { class: 'picture', role: 'img', 'aria-label': t('wechat.picture') }, icon('image'))]];
  return [linked(text)];
}

// rich draws the two kinds of links WeChat allows in a text: to a page, and to
// words the customer says by tapping them. Nothing else is markup.
function rich(text) {
  return text.split(/(<a href="[^"<>]*">[^<>]*<\/a>)/).flatMap((s, i) => {
    if (i % 2 === 0) return linked(s);
    const [, url, label] = /^<a href="([^"]*)">([^<]*)<\/a>$/.exec(s);
    if (!url.startsWith('weixin://bizmsgmenu?')) return link(url, label);
    const q = new URLSearchParams(url.slice(url.indexOf('?') + 1));
    return h('button', { type: 'button', class: 'link', on: {
      click: () => send('wechat/tap', { text: q.get('msgmenucontent') || label, menu: q.get('msgmenuid') || '' }) } }, label);
  });
}
