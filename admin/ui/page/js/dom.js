// Building blocks of the page. Text is only ever set as text: there is no way
// here to turn a string into markup.

const SVG = 'http://www.w3.org/2000/svg';

// el makes an element: el('button', {class: 'primary', onclick: f}, 'Send').
// Properties whose value is null, undefined or false are left out.
export function el(tag, props, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(props || {})) {
    if (v === null || v === undefined || v === false) continue;
    if (k.startsWith('on')) e.addEventListener(k.slice(2), v);
    else if (k === 'value') e.value = v;
    else e.setAttribute(k, v === true ? '' : v);
  }
  e.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return e;
}

// put makes children all there is in parent.
export function put(parent, ...children) {
  parent.replaceChildren(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
}

const paths = {
  back: 'M15 5l-7 7 7 7',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z',
  send: 'M4 12l16-8-6 16-3-6z',
  check: 'M5 13l4 4L19 7',
  bot: 'M12 4v3M6 7h12v11H6zM9.5 12v1M14.5 12v1M3 11v4M21 11v4',
  hand: 'M8 12V6.5a1.5 1.5 0 0 1 3 0V11V5a1.5 1.5 0 0 1 3 0v6V7a1.5 1.5 0 0 1 3 0v7a6 6 0 0 1-11 3.3L4 14a1.6 1.6 0 0 1 2.6-1.8z',
  doc: 'M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5',
  upload: 'M12 16V5M7.5 9L12 4.5 16.500 9M5 19h14',
  trash: 'M5 7h14M10 7V4.500h4V7M7 7l1 13h8l1-13M10.500 11v5M13.500 11v5',
  search: 'M11 5a6 6 0 1 0 0 12a6 6 0 0 0 0-12M15.500 15.500L20 20',
  eye: 'M3 12s3.500-6 9-6 9 6 9 6-3.500 6-9 6-9-6-9-6M12 9.500a2.500 2.500 0 1 0 0 5a2.500 2.500 0 0 0 0-5',
  down: 'M12 5v13M6.500 13L12 18.500 17.500 13',
  chat: 'M4 5h16v11H10l-4 4v-4H4z',
  out: 'M10 5H5v14h5M14 8l4 4-4 4M18 12H9',
  info: 'M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16M12 11v5M12 8v.1',
  close: 'M6 6l12 12M18 6L6 18',
};

// icon draws one of the icons above; it says nothing to a screen reader.
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const p = document.createElementNS(SVG, 'path');
  p.setAttribute('d', paths[name]);
  svg.append(p);
  return svg;
}

// toast shows a short message that goes by itself, or, an error, when dismissed.
export function toast(text, kind, dismiss) {
  const box = document.getElementById('toasts');
  const t = el('div', { class: 'toast ' + (kind || '') }, el('span', null, text));
  const gone = () => t.remove();
  if (kind === 'bad') t.setAttribute('role', 'alert');
  if (dismiss) t.append(el('button', { type: 'button', class: 'plain', 'aria-label': dismiss, onclick: gone }, icon('close')));
  while (box.children.length > 2) box.firstChild.remove();
  box.append(t);
  setTimeout(gone, kind === 'bad' ? 12000 : 5000);
}
