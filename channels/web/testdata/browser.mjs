// Drives the chat in Chromium. Arguments: parts folder, chromium, the gateway's
// address, an embedding shop's, the test's own, and a folder for screenshots or "".
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [parts, chromium, base, shop, wheel, shots] = process.argv.slice(2);
const require = createRequire(join(parts, 'package.json'));
const pw = require('playwright-core');

const profile = mkdtempSync(join(tmpdir(), 'frontdesk-browser-'));
const browser = await pw.chromium.launch({ executablePath: chromium, headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disk-cache-dir=' + profile] });
const steer = (path) => fetch(wheel + '/' + path, { method: 'POST' }).then((r) => assert.equal(r.status, 200, path));
const wide = { width: 1280, height: 860 }, phone = { width: 390, height: 844 };

// visit opens a page in a browser of its own; whatever it complains about fails the test.
async function visit(opts, url, prepare) {
  const context = await browser.newContext({ viewport: wide, locale: 'en-US', reducedMotion: 'reduce', ...opts });
  context.setDefaultTimeout(10000);
  const page = await context.newPage();
  page.bad = [];
  page.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warning') page.bad.push(m.text()); });
  page.on('pageerror', (e) => page.bad.push(String(e)));
  if (prepare) await page.addInitScript(prepare);
  await page.goto(url || base + '/');
  return page;
}
const ask = async (page, text) => { await page.locator('textarea').fill(text); await page.keyboard.press('Enter'); };
const answer = (page, text) => page.locator('.bot .bubble', { hasText: text }).last().waitFor();
const texts = (page, sel) => page.locator(sel).evaluateAll((es) => es.map((e) => e.lastChild.textContent));
const conversation = (page) => page.evaluate(async (base) => {
  const k = Object.keys(localStorage).find((x) => x.startsWith('frontdesk:http'));
  const b = atob(JSON.parse(localStorage.getItem(k)).token.slice(4).replace(/-/g, '+').replace(/_/g, '/'));
  return b.match(/[0-9a-f]{8}-[0-9a-f-]{27}/)[0];
}, base);
const quiet = (page, ok = []) => assert.deepEqual(page.bad.filter((b) => !ok.some((o) => b.includes(o))), []);
const shot = async (page, name) => { if (shots) { await page.mouse.move(0, 0); await page.waitForTimeout(150); await page.screenshot({ path: join(shots, name + '.png') }); } };
// eventually waits until get returns want.
async function eventually(get, want, why) {
  let got;
  for (let i = 0; i < 200; i++) {
    got = await get();
    try { assert.deepEqual(got, want); return; } catch { await new Promise((r) => setTimeout(r, 50)); }
  }
  assert.deepEqual(got, want, why);
}

const tests = {
  async 'greeting, languages and an answer with its source'() {
    for (const [locale, ask, words, source] of [['en-US', 'How do I return an item?', 'within 7 days', '1 source'], ['zh-CN', '怎么申请退货？', '7 天内', '2 条来源']]) {
      const page = await visit({ locale });
      await page.getByText(locale === 'en-US' ? 'Answers at once' : '即时回复').waitFor();
      await shot(page, `greeting-${locale}-1280`);
      await page.getByRole('button', { name: ask }).click();
      await answer(page, words);
      assert.equal(await page.locator('.source').first().isVisible(), false);
      await page.getByText(source).click();
      assert.match(await page.locator('.source').first().textContent(), locale === 'en-US' ? /Returns › .*returns\.pdf · page 2.*Unused items/ : /退换货政策 › .*第 2 页.*自签收/);
      assert.equal(await page.locator('.source a').first().getAttribute('href'), 'https://shop.example/returns');
      assert.equal(await page.locator('.hint').isVisible(), false);
      await shot(page, `citation-${locale}-1280`);
      await page.locator('.words').click();
      await page.getByText(locale === 'en-US' ? '即时回复' : 'Answers at once').waitFor();
      assert.equal(await page.locator('.customer').count(), 1);
      await page.reload();
      await page.getByText(locale === 'en-US' ? '即时回复' : 'Answers at once').waitFor();
      await answer(page, words);
      quiet(page);
      await page.context().close();
    }
  },
  async 'links in the text end where the sentence does'() {
    const page = await visit();
    await ask(page, 'return?');
    await answer(page, 'within 7 days');
    assert.equal(await page.locator('.bot .bubble a').first().getAttribute('href'), 'https://shop.example/returns?from=chat');
  },
  async 'nothing said becomes code'() {
    const page = await visit();
    await ask(page, 'evil <b>bold</b>');
    await answer(page, 'onerror');
    await page.locator('summary').click();
    assert.equal(await page.locator('.bubble img, .bubble b, .source script').count(), 0);
    for (const a of await page.locator('a').evaluateAll((as) => as.map((x) => x.href))) assert.match(a, /^https?:/);
    assert.equal(await page.title(), 'Customer service');
    quiet(page);
  },
  async 'choices are buttons, once'() {
    const page = await visit({ locale: 'zh-CN' });
    await ask(page, '发票');
    await page.getByRole('button', { name: '修改发票抬头' }).waitFor();
    await shot(page, 'choices-zh-1280');
    await page.getByRole('button', { name: '修改发票抬头' }).click();
    await answer(page, 're: 修改发票抬头 invoice.title');
    assert.equal(await page.locator('.list .choices').count(), 0);
    quiet(page);
  },
  async 'typing shows until the answer'() {
    const page = await visit();
    await ask(page, 'slow');
    await page.locator('.typing').waitFor();
    await shot(page, 'typing-en-1280');
    await answer(page, 're: slow');
    assert.equal(await page.locator('.typing').isVisible(), false);
  },
  async 'a person joins, talks and leaves'() {
    const page = await visit({ locale: 'zh-CN' });
    await ask(page, '转人工');
    await page.getByText('正在为您转接人工客服', { exact: true }).waitFor();
    const c = await conversation(page);
    await steer(`say?c=${c}&id=1&agent=${encodeURIComponent('李薇')}&text=${encodeURIComponent('您好，我是李薇，请问订单号是多少？')}`);
    await page.getByText('李薇 已加入对话').waitFor();
    await page.getByText('李薇 正在为您服务').waitFor();
    await page.locator('.agent .name', { hasText: '李薇' }).waitFor();
    await ask(page, '订单号 20260304');
    await page.getByText('已发送').waitFor();
    await steer(`say?c=${c}&id=2&agent=${encodeURIComponent('李薇')}&text=${encodeURIComponent('收到，正在为您查询。')}`);
    await page.getByText('收到，正在为您查询。').waitFor();
    await page.waitForTimeout(300);
    assert.equal(await page.locator('.typing').isVisible(), false);
    assert.equal(await page.getByText('re: 订单号').count(), 0);
    await shot(page, 'agent-zh-1280');
    await steer(`return?c=${c}&agent=${encodeURIComponent('李薇')}`);
    await page.getByText('智能助手继续为您服务').waitFor();
    await ask(page, 'hello again');
    await answer(page, 're: hello again');
    await steer(`resolve?c=${c}&agent=x`);
    await page.getByText('本次对话已结束').waitFor();
    quiet(page);
  },
  async 'a refused message fails, is tried again with the same id, and exists once'() {
    const page = await visit();
    await ask(page, 'first');
    await answer(page, 're: first');
    await steer('refuse');
    await ask(page, 'does it arrive?');
    await page.getByText('Not sent.').waitFor();
    await shot(page, 'failed-en-1280');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Not sent.').waitFor();
    await steer('allow');
    await page.getByRole('button', { name: 'Try again' }).click();
    await answer(page, 're: does it arrive?');
    assert.deepEqual(await texts(page, '.list .bubble'), ['first', 're: first', 'does it arrive?', 're: does it arrive?']);
    await steer('refuse');
    await ask(page, 'changed my mind');
    await page.getByRole('button', { name: 'Delete' }).click();
    await steer('allow');
    await eventually(() => texts(page, '.customer .bubble'), ['first', 'does it arrive?']);
    quiet(page);
  },
  async 'a busy house is asked again without a word'() {
    const page = await visit();
    await steer('refuse?busy=1');
    await ask(page, 'patience');
    await page.getByText('Sending…').waitFor();
    await page.waitForTimeout(300);
    await steer('allow');
    await answer(page, 're: patience');
    assert.equal(await page.locator('.customer').count(), 1);
  },
  async 'offline: said so, kept, sent when the network is back'() {
    const page = await visit();
    await page.getByText('Answers at once').waitFor();
    await page.context().setOffline(true);
    await page.locator('.banner', { hasText: 'No connection' }).waitFor();
    await steer('cut');
    await ask(page, 'written offline');
    await page.getByText('Sending…').waitFor();
    await page.waitForTimeout(700);
    assert.equal(await page.locator('.banner').isVisible(), true);
    await shot(page, 'offline-en-1280');
    await page.context().setOffline(false);
    await answer(page, 're: written offline');
    assert.equal(await page.locator('.banner').isVisible(), false);
    assert.equal(await page.locator('.customer').count(), 1);
  },
  async 'the connection is cut at random while 100 messages flow: no gap, no duplicate, right count'() {
    const page = await visit({}, shop);
    await page.locator('.launch').click();
    await ask(page, 'hello');
    await answer(page, 're: hello');
    const c = await conversation(page);
    await page.keyboard.press('Escape');
    for (let i = 0; i < 100; i++) {
      await steer(`say?c=${c}&id=m${i}&agent=Ann&text=message${i}`);
      if (Math.random() < 0.12) await steer('cut');
    }
    await eventually(() => page.locator('.badge').textContent(), '99+');
    await eventually(() => page.title(), '(100) Shop');
    await eventually(() => texts(page, '.agent .bubble'), Array.from({ length: 100 }, (_, i) => 'message' + i));
    await page.locator('.launch').click();
    await eventually(() => page.title(), 'Shop');
    await page.reload();
    await page.locator('.launch').waitFor();
    await page.waitForTimeout(500);
    assert.equal(await page.locator('.badge').isVisible(), false);
    quiet(page, ['WebSocket connection to', 'Failed to load resource']);
  },
  async 'a network that repeats and loses events is seen through'() {
    const page = await visit({}, shop, () => {
      const Plain = window.WebSocket;
      let n = 0;
      window.WebSocket = class extends Plain {
        set onmessage(f) {
          super.onmessage = (e) => { // once, twice or never, but the last always comes: it shows the gap
            const times = JSON.parse(e.data).type === 'message' ? [1, 2, 1, 0, 2][n++ % 5] || +(JSON.parse(e.data).text === 'n19') : 1;
            for (let i = 0; i < times; i++) f(e);
          };
        }
      };
    });
    await page.locator('.launch').click();
    await ask(page, 'hello');
    await answer(page, 're: hello');
    const c = await conversation(page);
    await page.keyboard.press('Escape');
    for (let i = 0; i < 20; i++) await steer(`say?c=${c}&id=n${i}&agent=Ann&text=n${i}`);
    await eventually(() => texts(page, '.agent .bubble'), Array.from({ length: 20 }, (_, i) => 'n' + i));
    assert.equal(await page.locator('.badge').textContent(), '20');
    quiet(page);
  },
  async 'an answer is seen while it is written, and then is one message'() {
    const page = await visit();
    await page.getByText('Answers at once').waitFor();
    await ask(page, 'write');
    await page.locator('.writing .bubble').getByText('Half a thought', { exact: true }).waitFor();
    await shot(page, 'writing');
    await answer(page, 're: write');
    await eventually(() => page.locator('.writing').count(), 0);
    assert.deepEqual(await texts(page, '.list .bot .bubble'), ['re: write']);
    quiet(page);
  },
  async 'what is sent while connections are cut arrives once, in order'() {
    const page = await visit();
    await page.getByText('Answers at once').waitFor();
    const want = [];
    for (let i = 0; i < 12; i++) {
      await ask(page, 'm' + i);
      if (i % 3 === 1) await steer('cut');
      want.push('m' + i);
      await eventually(() => texts(page, '.customer .bubble'), want);
    }
    await eventually(() => page.getByText('Sending…').count(), 0);
    await eventually(() => page.locator('.bot .bubble').count(), 13);
    await page.reload();
    await eventually(() => texts(page, '.customer .bubble'), want);
    await eventually(() => texts(page, '.list .bot .bubble'), want.map((w) => 're: ' + w));
  },
  async 'without WebSocket it streams, without that it polls'() {
    for (const [name, prepare] of [['sse', () => { delete window.WebSocket; }],
      ['sse, since a proxy blocks sockets', () => { window.WebSocket = class { constructor() { setTimeout(() => this.onclose(), 20); } close() {} }; }], ['poll', () => { delete window.WebSocket; delete window.EventSource; }]]) {
      const page = await visit({}, base + '/', prepare);
      await ask(page, 'by ' + name);
      await answer(page, 're: by ' + name);
      const c = await conversation(page);
      await steer(`say?c=${c}&id=1&agent=Ann&text=hello`);
      await page.locator('.agent .bubble', { hasText: 'hello' }).waitFor();
      await steer('cut');
      await ask(page, 'after the cut');
      await page.locator('.customer .bubble', { hasText: 'after the cut' }).waitFor();
      await steer(`say?c=${c}&id=2&agent=Ann&text=still`);
      await page.locator('.agent .bubble', { hasText: 'still' }).waitFor();
      assert.equal(await page.locator('.customer').count(), 2);
      await page.context().close();
    }
  },
  async 'the widget works on a strict page, by keyboard, and keeps its token there'() {
    const page = await visit({}, shop);
    await page.locator('.launch').waitFor();
    assert.equal(await page.evaluate(() => localStorage.length), 0); // nothing before it is opened
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.panel').waitFor();
    assert.equal(await page.evaluate(() => document.querySelector('body > div').shadowRoot.activeElement.tagName), 'TEXTAREA');
    await page.keyboard.type('How do I return an item?');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('Thanks');
    assert.equal(await page.locator('textarea').inputValue(), 'How do I return an item?\nThanks');
    await page.keyboard.press('Enter');
    await answer(page, 'within 7 days');
    await shot(page, 'widget-en-1280');
    assert.ok(await page.evaluate(() => Object.keys(localStorage).some((k) => k.startsWith('frontdesk:http'))));
    assert.equal((await page.context().cookies()).length, 0);
    assert.equal(await page.locator('.log').getAttribute('aria-live'), 'polite');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.panel').isVisible(), false);
    assert.equal(await page.locator('.launch').getAttribute('aria-expanded'), 'false');
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('body > div').shadowRoot.querySelector('h1')).letterSpacing), 'normal');
    await page.evaluate(() => window.frontdesk.open());
    await page.locator('.panel').waitFor();
    quiet(page);
  },
  async 'attributes: language, and a user whose signature is wrong is a visitor'() {
    const page = await visit({ locale: 'en-US' }, shop + '/?attrs=' + encodeURIComponent('data-lang="zh" data-title="Tante Emma" data-user-id="42" data-user-hash="00"'));
    await page.locator('.launch').click();
    await page.getByText('即时回复').waitFor();
    await page.getByText('Tante Emma').waitFor();
    await ask(page, 'hi');
    await answer(page, 're: hi');
    quiet(page, ['status of 403']);
  },
  async 'a visitor who tells their name stays in the conversation; one who leaves it begins another'() {
    const page = await visit({}, shop);
    await page.locator('.launch').click();
    await ask(page, 'hi');
    await answer(page, 're: hi');
    const c = await conversation(page);
    await page.evaluate(() => window.frontdesk.identify({ id: '42', name: 'Bo' }));
    assert.equal(await conversation(page), c);
    await ask(page, 'who am I');
    await answer(page, 're: who am I');
    assert.equal(await page.locator('.customer').count(), 2);
    await page.evaluate(() => window.frontdesk.identify(null));
    await eventually(() => page.locator('.customer').count(), 0);
    await ask(page, 'new here');
    await answer(page, 're: new here');
    assert.notEqual(await conversation(page), c);
    quiet(page);
  },
  async 'right to left'() {
    const page = await visit();
    await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
    await ask(page, 'מה שלומך https://shop.example/x?');
    await answer(page, 're: מה');
    const [mine, bot] = await Promise.all(['.customer .bubble', '.list .bot .bubble'].map((s) => page.locator(s).boundingBox()));
    assert.ok(mine.x < bot.x, 'the customer is on the inline end');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 1280);
    await shot(page, 'rtl-1280');
  },
  async 'a message is copied whole'() {
    const page = await visit({ permissions: ['clipboard-read', 'clipboard-write'] });
    await ask(page, 'return');
    await answer(page, 'within 7 days');
    await page.locator('.list .bot .copy').click();
    await page.getByText('Copied').waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^You can return[^]*from=chat\.$/);
  },
  async 'a draining server is left and come back to'() {
    const page = await visit();
    await ask(page, 'before');
    await answer(page, 're: before');
    await steer('drain');
    await page.getByText('Connecting…').waitFor();
    await ask(page, 'meanwhile');
    await answer(page, 're: meanwhile');
    assert.deepEqual(await texts(page, '.list .bubble'), ['before', 're: before', 'meanwhile', 're: meanwhile']);
  },
  async 'composing Chinese does not send'() {
    const page = await visit({ locale: 'zh-CN' });
    const t = page.locator('textarea');
    await t.fill('ni');
    await t.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
    await t.dispatchEvent('keydown', { key: 'Enter', keyCode: 229 });
    assert.equal(await t.inputValue(), 'ni');
    assert.equal(await page.locator('.customer').count(), 0);
  },
  async 'phones, and the dark'() {
    for (const [locale, scheme] of [['zh-CN', 'light'], ['en-US', 'dark']]) {
      const page = await visit({ locale, viewport: phone, colorScheme: scheme, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
      await page.locator('.choices button').first().waitFor();
      await page.getByText(locale === 'zh-CN' ? '即时回复' : 'Answers at once').waitFor();
      await shot(page, `greeting-${locale}-390-${scheme}`);
      await page.locator('.choices button').first().click();
      await page.locator('summary').click();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
      await shot(page, `citation-${locale}-390-${scheme}`);
      await ask(page, '发票 unclear');
      await page.getByRole('button', { name: '修改发票抬头' }).waitFor();
      await steer('refuse');
      await ask(page, locale === 'zh-CN' ? '这条消息会失败' : 'this one fails');
      await page.locator('.failed').waitFor();
      await shot(page, `failed-${locale}-390-${scheme}`);
      await steer('allow');
      await page.context().close();
    }
    const dark = await visit({ colorScheme: 'dark', viewport: wide }, shop);
    await dark.locator('.launch').click();
    await ask(dark, 'return');
    await answer(dark, 'within 7 days');
    await dark.locator('summary').click();
    await shot(dark, 'widget-en-1280-dark');
    await dark.context().close();
    const small = await visit({ viewport: phone, hasTouch: true, isMobile: true, deviceScaleFactor: 2, locale: 'zh-CN' }, shop);
    await small.locator('.launch').click();
    await ask(small, '怎么退货');
    await answer(small, '7 天内');
    assert.equal(await small.locator('.launch').isVisible(), false);
    await shot(small, 'widget-zh-390');
  },
};

let failed = 0;
const only = process.env.ONLY;
for (const [name, run] of Object.entries(tests)) {
  if (only && !name.includes(only)) continue;
  const at = Date.now();
  try {
    await run();
    console.log(`ok    ${name} (${Date.now() - at} ms)`);
  } catch (e) {
    failed++;
    console.log(`FAIL  ${name}\n${e.stack}`);
    for (const c of browser.contexts()) for (const p of c.pages()) { console.log(p.bad); if (shots) await p.screenshot({ path: join(shots, 'fail-' + failed + '.png') }); }
  }
  await steer('allow');
  for (const c of browser.contexts()) await c.close();
}
await browser.close();
rmSync(profile, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
