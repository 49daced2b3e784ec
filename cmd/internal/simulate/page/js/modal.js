// The window Slack opens for the agent.

import { t } from './i18n.js';
import { send } from './pane.js';

const $ = (id) => document.getElementById(id);
let current = '';
const gone = new Set(); // closed here; the demo may still show one for a moment

export function setup() {
  $('window-cancel').addEventListener('click', cancel);
  $('window').addEventListener('cancel', (e) => { e.preventDefault(); cancel(); });
  $('window').querySelector('form').addEventListener('submit', (e) => { e.preventDefault(); submit(); });
  $('window-text').addEventListener('keydown', (e) => {
    if (e.key === 'Enter' && (e.metaKey || e.ctrlKey)) submit();
  });
}

// draw opens the newest of windows, and closes what is open no more.
export function draw(windows) {
  const w = windows.filter((x) => !gone.has(x.id)).at(-1);
  if (!w) {
    if (current) close();
    return;
  }
  $('window-title').textContent = w.title;
  $('window-label').textContent = w.fields?.[0] || t('write');
  $('window-send').textContent = w.submit || t('send');
  if (w.id === current) return;
  current = w.id;
  $('window-text').value = '';
  $('window-error').textContent = '';
  if (!$('window').open) $('window').showModal();
  $('window-text').focus();
}

function close() {
  current = '';
  $('window').close();
}

function cancel() {
  const id = current;
  gone.add(id);
  close();
  send('desk/close', { window: id });
}

async function submit() {
  const id = current;
  if (!id) return;
  $('window-send').disabled = true;
  const out = await send('desk/submit', { window: id, text: $('window-text').value });
  $('window-send').disabled = false;
  if (!out || id !== current) return;
  const problem = Object.values(out.problems || {})[0];
  $('window-error').textContent = problem || '';
  if (problem) {
    $('window-text').focus();
    return;
  }
  gone.add(id);
  close();
}
