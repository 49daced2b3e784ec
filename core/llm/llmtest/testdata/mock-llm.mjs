// Runs mock-llm on loopback.
// usage: mock-llm.mjs FOLDER PORT --config FILE. It prints "ready" and runs
// until its input ends.
import { createRequire } from 'node:module';
import path from 'node:path';

const [folder, port] = process.argv.slice(2);
process.env.HOST = '127.0.0.1';
process.env.PORT = port;
createRequire(import.meta.url)(path.join(folder, 'dist/main.js'));
process.stdin.on('end', () => process.exit(0)).resume();

for (;;) {
  const up = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null);
  if (up?.ok) break;
  await new Promise((next) => setTimeout(next, 50));
}
console.log('ready');
