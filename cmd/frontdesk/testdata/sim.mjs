// Uses the page of the simulators as a person does, in Chromium. Arguments:
// parts folder, chromium, the page's address, and a folder for screenshots or "".
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [parts, chromium, url, shots] = process.argv.slice(2);
const pw = createRequire(join(parts, 'package.json'))('playwright-core');
const profile = mkdtempSync(join(tmpdir(), 'frontdesk-sim-'));
const browser = await pw.chromium.launch({ executablePath: chromium, headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disk-cache-dir=' + profile] });
const wide = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };

// visit opens the page; whatever it complains about fails the test.
async function visit(opts) {
  const context = await browser.newContext({ viewport: wide, reducedMotion: 'reduce', ...opts });
  context.setDefaultTimeout(10000);
  const page = await context.newPage();
  page.bad = [];
  page.on('console', (m) => { if (['error', 'warning'].includes(m.type())) page.bad.push(m.text()); });
  page.on('pageerror', (e) => page.bad.push(String(e)));
  page.on('request', (r) => { if (!r.url().startsWith(new URL(url).origin)) page.bad.push('a request to ' + r.url()); });
  await page.goto(url);
  await page.locator('.wechat .bubble').first().waitFor();
  return page;
}
const shot = async (page, name) => { if (shots) { await page.mouse.move(0, 0); await page.waitForTimeout(250); await page.screenshot({ path: join(shots, name + '.png') }); } };
const say = async (page, pane, text) => { await page.locator(`.${pane} .foot textarea`).fill(text); await page.keyboard.press('Enter'); };
const sees = (page, pane, text) => page.locator(`.pane.${pane} .messages`).getByText(text).last().waitFor();

const tests = {
  async 'a case from question to end, with the keyboard and the mouse'() {
    const page = await visit({ locale: 'zh-CN' });
    await page.getByRole('heading', { name: '体验所有渠道' }).waitFor();
    await page.locator('.wechat .menu').getByRole('button', { name: '人工客服' }).click();
    const card = page.locator('.desk .card.live').last();
    await card.getByRole('button', { name: '接手', exact: true }).click();
    await card.getByText('由 Ann 处理').waitFor();
    await page.locator('.desk .mode').getByText('内部').waitFor();
    await say(page, 'desk', '内部讨论一下');
    await card.locator('.post.colleague', { hasText: '内部讨论一下' }).waitFor();
    await page.locator('.desk .foot textarea').fill('>> 请稍等，我看一下。');
    await page.locator('.desk .foot[data-mode=public]').waitFor();
    await page.keyboard.press('Enter');
    await sees(page, 'wechat', '请稍等，我看一下。');
    await page.locator('.wechat .row', { hasText: '请稍等，我看一下。' }).locator('.via.custom').waitFor();
    await card.locator('.post.sent', { hasText: '请稍等' }).waitFor();
    assert.equal(await page.locator('.wechat').getByText('内部讨论一下').count(), 0);
    await shot(page, 'sim-zh-1280');
    await card.getByRole('button', { name: '回复客户' }).click();
    const dialog = page.locator('#window');
    await dialog.getByRole('textbox').waitFor();
    await page.keyboard.type('已经为您查到了。');
    await shot(page, 'sim-zh-window-1280');
    await dialog.locator('#window-send').click();
    await sees(page, 'wechat', '已经为您查到了。');
    assert.equal(await dialog.isVisible(), false);
    await card.getByRole('button', { name: '回复客户' }).click();
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await card.getByRole('button', { name: '解决', exact: true }).click();
    await page.locator('.desk .card.over', { hasText: '内部讨论一下' }).waitFor();
    await page.locator('#guide.finished').waitFor();
    assert.deepEqual(page.bad, []);
  },

  async 'markup stays text, and the language can be changed'() {
    const page = await visit({ locale: 'en-US', colorScheme: 'dark' });
    await page.getByRole('heading', { name: 'Try every channel' }).waitFor();
    await say(page, 'slack', `<img src=x onerror="document.title='owned'"> I want to talk to a person`);
    await sees(page, 'slack', '<img src=x');
    const card = page.locator('.desk .card.chosen', { hasText: '<img src=x' });
    await card.getByRole('button', { name: 'Take', exact: true }).waitFor(); // it waits anew, and is open
    await page.locator('.desk .mode').getByText('Chris').waitFor();
    assert.equal(await page.locator('#panes img').count(), 0);
    await shot(page, 'sim-en-dark-1280');
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('heading', { name: '客服工作台' }).waitFor();
    assert.match(await page.title(), /体验所有渠道/);
    assert.deepEqual(page.bad, []);
  },

  async 'a phone shows one screen at a time'() {
    const page = await visit({ locale: 'en-US', viewport: phone, hasTouch: true, isMobile: true });
    assert.equal(await page.locator('.pane:visible').count(), 1);
    await shot(page, 'sim-en-390');
    await page.getByRole('tab', { name: 'WeChat' }).press('ArrowRight');
    await say(page, 'telegram', 'How much is shipping?');
    await sees(page, 'telegram', 'free from ¥99');
    await shot(page, 'sim-en-telegram-390');
    await page.getByRole('tab', { name: 'Desk' }).click();
    await page.locator('.desk .card').last().waitFor();
    assert.equal(await page.locator('.pane:visible').count(), 1);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.equal(over, 0, 'the page is wider than the phone');
    await shot(page, 'sim-en-desk-390');
    assert.deepEqual(page.bad, []);
  },

  async 'a refusal and a lost demo are told'() {
    const page = await visit({ locale: 'en-US' });
    await page.route('**/api/wechat/say', (r) => r.fulfill({ status: 422, contentType: 'application/problem+json', body: '{"detail":"no such luck"}' }));
    await say(page, 'wechat', 'keep me');
    await page.getByText('That was refused: no such luck').waitFor();
    assert.equal(await page.locator('.wechat .foot textarea').inputValue(), 'keep me');
    await page.route('**/api/state', (r) => r.abort());
    await page.locator('#offline').waitFor();
    await page.unroute('**/api/state');
    await page.locator('#offline').waitFor({ state: 'hidden' });
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
    console.log('ok  ', name);
  } catch (e) {
    failed++;
    console.log('FAIL', name, '\n', e.stack || e);
  }
}
await browser.close();
rmSync(profile, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
