// What the page says, in the language chosen, and times and sizes as that
// language writes them.

export const languages = { zh: '中文', en: 'English' };
const KEY = 'frontdesk-lang';

let lang = 'en';
let locale = 'en'; // the browser's own form of lang, for times and numbers
let words = {};

function first() {
  try {
    const kept = localStorage.getItem(KEY);
    if (kept in languages) return kept;
  } catch { /* storage is off: nothing is remembered */ }
  return /^zh\b/i.test(navigator.language || '') ? 'zh' : 'en';
}

// load reads the words of l, or of the language remembered or the browser's.
export async function load(l) {
  lang = l || first();
  const res = await fetch(new URL(`../lang/${lang}.json`, import.meta.url));
  words = await res.json();
  locale = (navigator.languages || []).find((x) => x.split('-')[0] === lang) || lang;
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  if (l) {
    try { localStorage.setItem(KEY, l); } catch { /* as above */ }
  }
}

export const current = () => lang;

// t returns the text of key with {name} filled in, and {name:one|many} as that
// number wants it.
export function t(key, values) {
  const s = words[key] ?? key;
  if (!values) return s;
  return s.replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (_, n, one, many) => (one === undefined ? values[n] ?? '' : values[n] === 1 ? one : many));
}

// has reports whether there is a text of key.
export const has = (key) => key in words;

const steps = [['second', 60], ['minute', 60], ['hour', 24], ['day', 7]];

// ago writes how long ago a moment was, or its date if that is long.
export function ago(iso) {
  let n = Math.max(0, (Date.now() - new Date(iso)) / 1000);
  const f = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  if (n < 45) return f.format(0, 'second');
  for (const [unit, size] of steps) {
    if (n < size) return f.format(-Math.floor(n), unit);
    n /= size;
  }
  return day(iso);
}

export const day = (iso) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(new Date(iso));
export const clock = (iso) => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(new Date(iso));
export const full = (iso) => new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' }).format(new Date(iso));

export function size(bytes) {
  const units = ['B', 'kB', 'MB', 'GB'];
  let i = 0;
  let n = bytes;
  while (n >= 1000 && i < units.length - 1) { n /= 1000; i++; }
  return new Intl.NumberFormat(locale, { maximumFractionDigits: n < 10 && i ? 1 : 0 }).format(n) + ' ' + units[i];
}

export const percent = (x) => Math.round(x * 100);
