// <script src="https://desk.example/widget.js" data-channel="web" async></script>
// Also: data-lang, data-color, data-title, data-greet, data-examples ("a|b"), and
// data-user-id, -name, -email, -hash for a signed-in user. A shadow root rather
// than a frame: in a frame of another site browsers partition or forbid storage,
// so the conversation would be lost, and the page could not be told to open it.
const tag = document.currentScript;
const data = tag.dataset;
const start = () => {
  const whole = data.view === 'page';
  const base = tag.src.replace(/\/[^/]*$/, '');
  const look = data.look ? JSON.parse(data.look) : {};
  for (const k of ['title', 'greet']) if (data[k]) look[k] = { en: data[k], zh: data[k] };
  if (data.examples !== undefined) look.examples = { en: data.examples.split('|').filter(Boolean) };
  const user = data.userId ? { id: data.userId, name: data.userName, email: data.userEmail, hash: data.userHash } : null;
  const host = el('div');
  if (data.color && window.CSS.supports('color', data.color)) host.style.setProperty('--accent', data.color);
  if (whole) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('html,body{margin:0;height:100%;overflow:hidden}');
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
  document.body.append(host);
  const view = new View(host.attachShadow({ mode: 'open' }), { api: `${base}/api/v1/web/${encodeURIComponent(data.channel || 'web')}`,
    user, look, lang: data.lang, launcher: !whole });
  view.start();
  if (whole) document.documentElement.lang = view.lang;
  else window.frontdesk = { open: () => view.show(true), close: () => view.show(false), identify: (u) => view.chat.identify(u) };
};
if (document.body) start(); else addEventListener('DOMContentLoaded', start);
