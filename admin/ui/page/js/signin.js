// The sign-in screen.

import { el, put, icon } from './dom.js';
import { t } from './i18n.js';
import * as api from './api.js';
import { languageSwitch } from './header.js';

// signIn shows the form in root; done is told who came in. ended says that a
// session was over.
export function signIn(root, { ended, done, relabel }) {
  const user = el('input', { id: 'user', name: 'username', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: true, maxlength: 64 });
  const password = el('input', { id: 'password', name: 'password', type: 'password', autocomplete: 'current-password', required: true, maxlength: 256 });
  const eye = el('button', { type: 'button', class: 'plain eye', 'aria-pressed': 'false', 'aria-label': t('signin.show'), onclick: () => {
    const shown = password.type === 'password';
    password.type = shown ? 'text' : 'password';
    eye.setAttribute('aria-pressed', String(shown));
    eye.setAttribute('aria-label', t(shown ? 'signin.hide' : 'signin.show'));
  } }, icon('eye'));
  const error = el('p', { class: 'error', role: 'alert', id: 'signin-error' }, ended ? t('signin.ended') : '');
  const submit = el('button', { class: 'primary wide' }, t('signin.submit'));

  async function send(e) {
    e.preventDefault();
    error.textContent = '';
    submit.disabled = true;
    submit.textContent = t('signin.busy');
    try {
      done(await api.signIn(user.value, password.value));
    } catch (err) {
      error.textContent = err.status === 401 ? t('signin.wrong') : err.message;
      submit.disabled = false;
      submit.textContent = t('signin.submit');
      password.select();
      password.focus();
    }
  }

  put(root, el('main', { class: 'signin' },
    el('form', { class: 'card', onsubmit: send, 'aria-describedby': 'signin-error' },
      el('div', { class: 'mark', 'aria-hidden': 'true' }, icon('chat')),
      el('h1', null, t('signin.title')),
      el('p', { class: 'dim' }, t('signin.lead')),
      el('label', { for: 'user' }, t('signin.user')), user,
      el('label', { for: 'password' }, t('signin.password')),
      el('div', { class: 'field' }, password, eye),
      error, submit,
      el('p', { class: 'dim small' }, t('signin.forgot'))),
    languageSwitch(relabel)));
  user.focus();
}
