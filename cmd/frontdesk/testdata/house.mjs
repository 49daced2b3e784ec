// The main job, in a real browser, against a real demo: a customer asks in two
// languages, wants a person, and gets one from the desk and from the panel.
// Environment: PARTS, CHROMIUM, BASE, TOKEN, USER, PASSWORD, SHOTS ("" for none).
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import { join } from 'node:path';

const env = process.env;
const pw = createRequire(join(env.PARTS, 'package.json'))('playwright-core');
const browser = await pw.chromium.launch({ executablePath: env.CHROMIUM, headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
  '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });

const json = async (path, opts = {}) => {
  const res = await fetch(env.BASE + path, { ...opts, headers: { 'Content-Type': 'application/json', Authorization: 'Bearer ' + env.TOKEN, ...opts.headers } });
  assert.ok(res.ok, `${path}: status ${res.status}`);
  return res.json();
};
const admin = (path, opts) => json('/api/v1/admin' + path, opts);
const sim = (path, body) => json('/sim/api/' + path, body && { method: 'POST', body: JSON.stringify(body) });
const shot = async (page, name) => { if (env.SHOTS) await page.screenshot({ path: join(env.SHOTS, name + '.png') }); };
async function eventually(what, get) {
  for (let i = 0; i < 300; i++) {
    const got = await get();
    if (got) return got;
    await new Promise((r) => setTimeout(r, 50));
  }
  assert.fail(what);
}
async function open(path, opts = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'zh-CN', ...opts });
  context.setDefaultTimeout(15000);
  const page = await context.newPage();
  page.bad = [];
  page.on('console', (m) => { if (m.type() === 'error') page.bad.push(m.text()); });
  page.on('pageerror', (e) => page.bad.push(String(e)));
  await page.goto(env.BASE + path);
  return page;
}
const ask = async (page, text) => { await page.locator('textarea').fill(text); await page.keyboard.press('Enter'); };
const told = (page, text) => page.locator('.bubble', { hasText: text }).last().waitFor();
const bots = (page) => page.locator('.bot .bubble').count();

const chat = await open('/');
await shot(chat, 'greeting');

// A Chinese and an English question about the sample documents, with their source.
const sources = () => chat.locator('.bot details').count();
await ask(chat, '运费多少钱？');
await told(chat, '满 99 元包邮');
assert.equal(await sources(), 1, 'the Chinese answer has a source');
await ask(chat, 'What does the warranty cover?');
await eventually('the English answer has a source', async () => (await sources()) === 2);
await chat.locator('.bot details summary').last().click();
await shot(chat, 'answered');

// A person is asked for: the case waits, and the desk is shown a card with the reason.
await ask(chat, '转人工');
await told(chat, '转接人工');
const waiting = await eventually('the case waits', async () => (await admin('/conversations?mode=waiting')).items[0]);
assert.equal(waiting.mode, 'waiting');
assert.equal(waiting.channel, 'web');
const card = await eventually('a card is on the desk', async () => (await sim('state')).desk.messages.find((m) => m.buttons?.length));
assert.match(JSON.stringify(card), /person|人工/, 'the card says why');
await shot(chat, 'waiting');

// The bot is silent meanwhile; what the customer writes reaches the desk.
let before = await bots(chat);
await ask(chat, '我的订单 20260501001 还没到');
await eventually('the desk hears the customer', async () => (await sim('state')).desk.messages.some((m) => JSON.stringify(m.replies || []).includes('20260501001')));
assert.equal(await bots(chat), before, 'the bot is silent while a person is waited for');

// The agent talks among colleagues first: that stays inside. Then to the customer.
await sim('desk/say', { thread: card.ts, text: '这个客户昨天也来过' });
await sim('desk/say', { thread: card.ts, text: '>> 您好，我是安妮，我来帮您查一下物流' });
await told(chat, '我是安妮');
assert.equal(await chat.locator('.bubble', { hasText: '昨天也来过' }).count(), 0, 'colleagues among themselves stay inside');
const mine = await admin('/conversations/' + waiting.id);
assert.equal(mine.mode, 'agent', 'who speaks has the case');
assert.ok(mine.epoch > waiting.epoch);
await shot(chat, 'agent');

// The panel: sign in, find the conversation, reply.
const desk = await open('/admin/', { locale: 'en-US' });
await desk.fill('#user', env.USER);
await desk.fill('#password', env.PASSWORD);
await desk.keyboard.press('Enter');
await desk.waitForSelector('.bar');
await desk.goto(env.BASE + '/admin/#/c/' + waiting.id);
await desk.waitForSelector('.said.agent');
if (await desk.locator('.actions [data-act=take]').count()) await desk.click('.actions [data-act=take]');
await desk.waitForSelector('.badge.mine');
await desk.fill('#compose', '包裹明天送到，给您补一张优惠券');
await desk.keyboard.press('Enter');
await told(chat, '补一张优惠券');
await shot(desk, 'panel');

// Still silent; back to the bot, it answers again.
before = await bots(chat);
await ask(chat, '好的，谢谢');
await desk.locator('.said.customer', { hasText: '好的，谢谢' }).waitFor();
assert.equal(await bots(chat), before, 'the bot is silent while a person has the case');
await desk.click('.actions [data-act=return]');
await eventually('the bot has it again', async () => (await admin('/conversations/' + waiting.id)).mode === 'bot');
await ask(chat, '可以开发票吗？');
await eventually('the bot answers again', async () => (await bots(chat)) > before);
await shot(chat, 'back');

// The panel asks who is signed in, and nobody is: the browser reports that one 401.
const complaints = chat.bad.concat(desk.bad.filter((text) => !text.includes('401')));
assert.deepEqual(complaints, [], 'no page complains');
await browser.close();
console.log('the main job is done');
