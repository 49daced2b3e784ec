// What the page says, in the language chosen.

const KEY = 'frontdesk-lang';
const known = ['zh', 'en'];

let lang = 'en';
let words = {};

function first() {
  try {
    const kept = localStorage.getItem(KEY);
    if (known.includes(kept)) return kept;
  } catch { /* storage is off: nothing is remembered */ }
  return /^zh\b/i.test(navigator.language || '') ? 'zh' : 'en';
}

// load reads the words of l, or of the language remembered or the browser's.
export async function load(l) {
  const next = l || first();
  const res = await fetch(new URL(`../lang/${next}.json`, import.meta.url));
  words = await res.json();
  lang = next;
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  if (l) {
    try { localStorage.setItem(KEY, l); } catch { /* as above */ }
  }
}

export const current = () => lang;

// t returns the text of key with {name} filled in, and {name:one|many} as that
// number wants it.
export function t(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g,
    (_, n, one, many) => (one === undefined ? values[n] ?? '' : values[n] === 1 ? one : many));
}

// fill writes the words of the elements in the page itself.
export function fill() {
  for (const e of document.querySelectorAll('[data-t]')) e.textContent = t(e.dataset.t);
  for (const e of document.querySelectorAll('[data-t-label]')) e.setAttribute('aria-label', t(e.dataset.tLabel));
  document.title = `${t('title')} · frontdesk`;
}

// clock writes the time of day of at, a Date.
export const clock = (at) => new Intl.DateTimeFormat(lang === 'zh' ? 'zh-CN' : navigator.language, { hour: '2-digit', minute: '2-digit' }).format(at);

// moment writes date and time of at.
export const moment = (at) => new Intl.DateTimeFormat(lang === 'zh' ? 'zh-CN' : 'en', { dateStyle: 'medium', timeStyle: 'short' }).format(at);
