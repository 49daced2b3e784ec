// Makes elements. Text is only ever set as text, never as markup.

const SVG = 'http://www.w3.org/2000/svg';

// h makes an element. Properties: class, on (listeners), data, and attributes;
// true sets an attribute, and null, undefined and false leave it out.
export function h(name, props = {}, ...children) {
  const e = document.createElement(name);
  for (const [k, v] of Object.entries(props)) {
    if (k === 'class') e.className = v;
    else if (k === 'on') for (const [type, f] of Object.entries(v)) e.addEventListener(type, f);
    else if (k === 'data') Object.assign(e.dataset, v);
    else if (v !== null && v !== undefined && v !== false) e.setAttribute(k, v === true ? '' : v);
  }
  e.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return e;
}

const paths = {
  send: 'M4 12l16-8-6 16-3-6z M11 14l9-10',
  voice: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3z M6 11a6 6 0 0 0 12 0 M12 17v4',
  image: 'M4 5h16v14H4z M4 16l5-5 4 4 2-2 5 5 M15 9h.01',
  check: 'M5 12l5 5 9-10',
  lock: 'M6 11h12v9H6z M9 11V8a3 3 0 0 1 6 0v3',
  eye: 'M3 12s3-6 9-6 9 6 9 6-3 6-9 6-9-6-9-6z M12 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  close: 'M6 6l12 12 M18 6L6 18',
  thread: 'M5 5h14v10h-8l-4 4v-4H5z',
  inbox: 'M4 13l3-8h10l3 8v6H4z M4 13h5l1 3h4l1-3h5',
  hand: 'M7 12V6.5a1.2 1.2 0 0 1 2.4 0V11 M9.4 11V4.7a1.2 1.2 0 0 1 2.4 0V11 M11.8 11V5.5a1.2 1.2 0 0 1 2.4 0V12 M14.2 12V8a1.2 1.2 0 0 1 2.4 0v6a6 6 0 0 1-11 3L3.5 13.5a1.3 1.3 0 0 1 2-1.5L7 13.5',
  robot: 'M5 9h14v9H5z M12 9V5 M9 13v.5 M15 13v.5 M2.5 12.5v2.5 M21.5 12.5v2.5',
  disc: 'M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14z',
  alert: 'M12 4l9 16H3z M12 10v4 M12 17v.1',
  page: 'M6 3h8l4 4v14H6z M14 3v4h4 M9 12h6 M9 16h6',
  person: 'M12 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z M5 20a7 7 0 0 1 14 0',
  wechat: 'M10 4c-4 0-7 2.6-7 6 0 1.9 1 3.5 2.5 4.6L5 17l2.6-1.3c.8.2 1.6.3 2.4.3 M15.5 9.5c-3.4 0-5.5 2.2-5.5 5s2.3 4.8 5.3 4.8c.7 0 1.4-.1 2-.3L19.5 20l-.5-2c1.3-.9 2-2.1 2-3.5 0-2.8-2.4-5-5.5-5z',
  telegram: 'M21 4L3 11.5l5.5 2L17 7l-6.5 7.5V20l3-3.5 4 3z',
  slack: 'M9 4v16 M15 4v16 M4 9h16 M4 15h16',
  desk: 'M4 13a8 8 0 0 1 16 0 M4 13v4h3v-5H4z M20 13v4h-3v-5h3z M20 17c0 2-2 3-5 3',
};

// icon draws one of paths. Without a label it says nothing: what it stands on
// is labelled.
export function icon(name, label) {
  const s = document.createElementNS(SVG, 'svg');
  s.setAttribute('viewBox', '0 0 24 24');
  s.setAttribute('class', 'icon');
  if (label) {
    s.setAttribute('role', 'img');
    s.setAttribute('aria-label', label);
  } else {
    s.setAttribute('aria-hidden', 'true');
  }
  const p = document.createElementNS(SVG, 'path');
  p.setAttribute('d', paths[name]);
  s.append(p);
  return s;
}

// sync makes list hold one element an item, in order. An element is built anew
// only when its item or the language changed; focus within it stays.
export function sync(list, items, key, build, salt = '') {
  const old = new Map([...list.children].map((e) => [e.dataset.key, e]));
  let at = null;
  for (const item of items) {
    const k = String(key(item));
    const sum = salt + JSON.stringify(item);
    let e = old.get(k);
    old.delete(k);
    if (!e || e.sum !== sum) {
      const next = build(item);
      next.dataset.key = k;
      next.sum = sum;
      if (e) replace(e, next);
      e = next;
    }
    const place = at ? at.nextSibling : list.firstChild;
    if (e !== place) list.insertBefore(e, place);
    at = e;
  }
  for (const e of old.values()) e.remove();
}

function replace(e, next) {
  const focused = e.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  e.replaceWith(next);
  if (focused !== undefined) (next.querySelector(`[data-focus="${CSS.escape(focused)}"]`) || next.querySelector('button'))?.focus();
}

// stick keeps log at its end while list grows or the room for it shrinks,
// unless its reader has scrolled up. It returns what goes to the end.
export function stick(log, list) {
  let stuck = true;
  const end = () => {
    stuck = true;
    log.scrollTop = log.scrollHeight;
  };
  log.addEventListener('scroll', () => { stuck = log.scrollHeight - log.scrollTop - log.clientHeight < 50; }, { passive: true });
  const eye = new ResizeObserver(() => { if (stuck) end(); });
  eye.observe(log);
  eye.observe(list);
  return end;
}
