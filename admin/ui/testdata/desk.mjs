// A person's morning at the desk, in a real browser. Run by desk_test.go.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const env = process.env;
const { chromium } = await import(env.PLAYWRIGHT);
const shots = env.FRONTDESK_SHOTS;
if (shots) mkdirSync(shots, { recursive: true });

const browser = await chromium.launchPersistentContext(env.PROFILE, {
  executablePath: env.CHROMIUM, headless: true, locale: 'en-GB', viewport: { width: 1280, height: 800 },
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
let faults = [];

function check(ok, what) {
  if (!ok) throw new Error('not so: ' + what);
  console.log('ok: ' + what);
}

// watch collects what a page must never do.
function watch(page) {
  page.setDefaultTimeout(15000);
  page.on('pageerror', (e) => faults.push(String(e)));
  page.on('dialog', (d) => { faults.push('dialog: ' + d.message()); d.dismiss(); });
  page.on('console', (m) => { if (m.type() === 'error' && !/status of 40[019]|ERR_FAILED/.test(m.text())) faults.push(m.text()); });
  return page;
}

async function open() {
  const page = watch(await browser.newPage());
  await page.goto(env.DESK + '/admin/');
  return page;
}

async function signIn(page, name) {
  await page.fill('#user', name);
  await page.fill('#password', env.PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.bar');
}

// shoot takes a picture, wide and narrow, light and dark, in both languages.
async function shoot(page, name) {
  if (!shots) return;
  for (const lang of ['zh', 'en']) {
    if (await page.locator(`.languages [lang=${lang}][aria-pressed=false]`).count()) await page.click(`.languages [lang=${lang}]`);
    for (const [size, width, height] of [['desktop', 1280, 800], ['phone', 390, 844]]) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        await page.waitForTimeout(250);
        await page.screenshot({ path: join(shots, `${name}-${lang}-${size}-${colorScheme}.png`) });
      }
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: 'light' });
}

async function morning(page) {
  check((await page.textContent('h1')) === 'Welcome back', 'an English browser is greeted in English');
  await shoot(page, 'signin');
  await page.fill('#user', 'agent');
  await page.fill('#password', 'wrong password');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.error:not(:empty)');
  check((await page.textContent('.error')) === 'Name and password do not match.', 'a wrong password is told kindly');
  await signIn(page, 'agent');
  await page.waitForSelector(`.items li[data-id="${env.LI}"]`);
  await page.waitForSelector('.live.up');
  check((await page.locator('.items li').count()) === 4, 'four cases wait');
  check((await page.title()) === '(4) frontdesk', 'the title counts them');
  await shoot(page, 'list');
  for (const [filter, n] of [['With people', 1], ['With the bot', 1], ['Resolved', 1], ['All', 7], ['Waiting', 4]]) {
    await page.click(`.filters button:has-text("${filter}")`);
    await page.waitForFunction((want) => document.querySelectorAll('.items li').length === want, n);
    check(true, `the list shows ${filter}`);
  }

  await page.click(`.items li[data-id="${env.LI}"] a`);
  await page.waitForSelector('.said.bot');
  await page.waitForSelector('.banner meter');
  check(/asked to speak to a person/.test(await page.textContent('.banner')), 'the reason is told');
  check(/limit 0.45/.test(await page.textContent('.banner')), 'with the numbers behind it');
  check((await page.locator('.cite').first().textContent()).includes('returns.pdf'), 'the answer shows its source');
  await shoot(page, 'waiting');
  await page.locator('.facts .link').first().click();
  await page.waitForSelector('dialog .steps li');
  check((await page.locator('dialog .steps li').count()) >= 3, 'every step of the answer is shown');
  await shoot2(page, 'trace');
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });

  await page.focus('.actions [data-act=take]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.badge.mine');
  await page.locator('.system', { hasText: 'You joined' }).waitFor();
  check(await page.locator('.system', { hasText: 'You joined' }).count() === 1, 'the case is taken by keyboard');
  await page.waitForFunction(() => document.activeElement.id === 'compose');

  await page.keyboard.type('Hello, this is Ann.');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('The order number is enough.');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.said.agent');
  check((await page.textContent('.said.agent .text')) === 'Hello, this is Ann.\nThe order number is enough.', 'the reply is in the conversation');
  check((await page.inputValue('#compose')) === '', 'and out of the way');

  await page.click('.modes button:nth-child(2)');
  await page.fill('#compose', 'gift, no receipt: check the order list');
  await page.click('.composer .primary');
  await page.waitForSelector('.said.note');
  check(/does not see this/.test(await page.textContent('.said.note')), 'a note says that it stays inside');
  await page.click('.modes button:nth-child(1)');
  await shoot(page, 'mine');

  await page.click('.actions [data-act=return]');
  await page.waitForSelector('.threadhead .badge.bot');
  check((await page.locator('.items li').count()) === 3, 'given back, it leaves the waiting list by itself');
}

// shoot2 is shoot for a window that a change of language would close.
async function shoot2(page, name) {
  if (!shots) return;
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(250);
    await page.screenshot({ path: join(shots, `${name}-${colorScheme}.png`) });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

// api speaks as another person's program.
const api = (path, headers = {}) => fetch(env.DESK + '/api/v1/admin' + path, { method: 'POST', headers: { Authorization: 'Bearer ' + env.TOKEN, ...headers } });

async function live(page) {
  await page.click(`.items li[data-id="${env.WANG}"] a`);
  await page.waitForSelector('.said.bot');
  await api(`/conversations/${env.WANG}/take`, { 'If-Match': '*' });
  await page.waitForSelector('.threadhead .badge.agent');
  check(/editor-program has this conversation/.test(await page.textContent('.hint')), 'a colleague taking it is seen at once');
  check(await page.isDisabled('#compose'), 'and nobody talks over them');
  await page.click('.modes button:nth-child(2)');
  check(await page.isEnabled('#compose'), 'but a note is possible');
  await shoot(page, 'other');
}

async function hostile(page) {
  await page.goto(env.DESK + '/admin/#/c/' + env.EVIL);
  await page.waitForSelector('.said.bot');
  check((await page.textContent('.threadhead h1')).includes('<img src=x'), 'a hostile name is text');
  check((await page.textContent('.said.customer .text')).includes('<script>'), 'a hostile message is text');
  check(!(await page.evaluate(() => window.hit)), 'and ran nothing');
}

// stale: a page that has not heard of it yet takes a case that is gone.
async function stale() {
  const page = watch(await browser.newPage());
  await page.route('**/events', (r) => r.abort());
  await page.goto(env.DESK + '/admin/#/c/' + env.STALE);
  await page.waitForSelector('.actions [data-act=take]');
  await api(`/conversations/${env.STALE}/take`, { 'If-Match': '*' });
  await page.click('.actions [data-act=take]');
  await page.waitForSelector('.toast.warn');
  check(/With editor-program/.test(await page.textContent('.toast.warn')), 'who was faster is told');
  check(/Take over from editor-program/.test(await page.textContent('.actions')), 'and the buttons fit what is now');
  await page.close();
}

async function knowledge(page) {
  await page.click('.out');
  await page.waitForSelector('.signin');
  await signIn(page, 'editor');
  await page.click('nav a[href="#/k"]');
  await page.waitForSelector('.documents .about');
  check((await page.locator('.documents .about').count()) === 3, 'the documents are listed');
  const chosen = page.waitForEvent('filechooser');
  await page.click('[aria-label="New version of returns.pdf"]');
  await (await chosen).setFiles({ name: 'returns v2.md', mimeType: 'text/markdown', buffer: Buffer.from('14 days\nall parts needed\nfree label') });
  await page.waitForSelector('.uploads .good');
  check(/1 added.*1 removed.*2 unchanged/.test(await page.textContent('.uploads .good')), 'a new version says what changed');
  await page.check('#dry');
  await page.setInputFiles('#file', { name: 'new.txt', mimeType: 'text/plain', buffer: Buffer.from('one\ntwo') });
  await page.waitForSelector('.uploads .dry');
  await page.uncheck('#dry');
  await page.setInputFiles('#file', { name: 'photo.raw', mimeType: 'application/octet-stream', buffer: Buffer.from([0, 1, 2]) });
  await page.waitForSelector('.uploads .bad');
  check(/not one of PDF/.test(await page.textContent('.uploads .bad')), 'a file that cannot be read says why');
  const data = await page.evaluateHandle(() => {
    const d = new DataTransfer();
    d.items.add(new File(['dropped line'], 'dropped.txt', { type: 'text/plain' }));
    return d;
  });
  await page.dispatchEvent('.drop', 'drop', { dataTransfer: data });
  await page.waitForSelector('.documents [aria-label="Delete dropped.txt"]');
  check(true, 'a file is taken in by dropping it');
  await page.fill('#q', 'days');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.hits li');
  check(/14 days/.test(await page.textContent('.hits')), 'a question finds the new text');
  await shoot2(page, 'uploads');
  await shoot(page, 'knowledge');
  await page.click('[aria-label="Delete dropped.txt"]');
  await page.waitForSelector('dialog.ask');
  await shoot2(page, 'delete');
  await page.click('dialog .danger');
  await page.waitForSelector('[aria-label="Delete dropped.txt"]', { state: 'detached' });
  await page.selectOption('.botchoice select', 'second');
  await page.waitForSelector('.documents .empty');
  check(true, 'another bot has documents of its own');
  await shoot2(page, 'nodocuments');
  check(true, 'and deleted after a question');
}

async function languages(page) {
  await page.click('.languages [lang=zh]');
  await page.waitForSelector('text=知识库');
  await page.reload();
  await page.waitForSelector('.bar');
  check((await page.getAttribute('html', 'lang')) === 'zh-CN', 'the language is remembered');
  check((await page.textContent('.bar nav')).includes('会话'), 'and the page is in it');
  await page.click('.languages [lang=en]');
  await page.waitForSelector('text=Knowledge');
}

// phone: nothing sticks out, and one gets to a conversation and back.
async function phone(page) {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const [hash, ready] of [['#/c', '.items, .list .empty'], ['#/c/' + env.WANG, '.said.bot'], ['#/k', '.documents .about']]) {
    await page.goto(env.DESK + '/admin/' + hash);
    await page.waitForSelector(ready, { state: 'attached' });
    check(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && document.querySelector('.bar').scrollWidth <= innerWidth), 'nothing sticks out of a phone at ' + hash.slice(0, 3));
  }
  await page.goto(env.DESK + '/admin/#/c/' + env.WANG);
  await page.click('.back');
  check(await page.isVisible('.items') && !(await page.isVisible('.thread')), 'back leads to the list');
  await page.setViewportSize({ width: 1280, height: 800 });
}

async function labels(page) {
  for (const [hash, ready] of [['#/c/' + env.WANG, '.said.bot'], ['#/k', '.documents .about']]) {
    await page.goto(env.DESK + '/admin/' + hash);
    await page.waitForSelector(ready);
    const nameless = await page.evaluate(() => [...document.querySelectorAll('button, a, input:not([type=hidden]), textarea, select')].filter((e) => {
      const label = e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.[0]?.textContent.trim() || e.title;
      return !label;
    }).map((e) => e.outerHTML));
    check(nameless.length === 0, 'every control has a name at ' + hash.slice(0, 3) + ' ' + nameless.join());
  }
}

async function viewer(page) {
  await page.click('.out');
  await signIn(page, 'viewer');
  await page.goto(env.DESK + '/admin/#/c');
  await page.click('.filters button:nth-child(4)');
  await page.click('.items li a');
  await page.waitForSelector('.threadhead .badge.closed');
  await shoot(page, 'closed');
  await page.goto(env.DESK + '/admin/#/c/' + env.EVIL);
  await page.waitForSelector('.composer.closed');
  check((await page.locator('.actions button').count()) === 0, 'who may only read is offered nothing else');
  await page.goto(env.DESK + '/admin/#/k');
  await page.waitForSelector('.documents .about');
  check((await page.locator('.drop').count()) === 0, 'nor on documents');
}

try {
  const page = await open();
  await morning(page);
  await live(page);
  await hostile(page);
  await stale();
  await knowledge(page);
  await languages(page);
  await phone(page);
  await labels(page);
  await viewer(page);
  check(faults.length === 0, 'no script failed, no policy was broken ' + faults.join('; '));
} catch (err) {
  console.log(err.stack, faults);
  if (shots) for (const [i, p] of browser.pages().entries()) await p.screenshot({ path: join(shots, `failed-${i}.png`) });
  process.exitCode = 1;
} finally {
  await browser.close();
}
