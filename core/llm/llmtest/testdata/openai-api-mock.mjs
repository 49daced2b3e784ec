// Serves what openai-api-mock answers to requests of this process.
// usage: openai-api-mock.mjs FOLDER PORT. It prints "ready" and runs until its
// input ends.
import http from 'node:http';
import { createRequire } from 'node:module';

const [folder, port] = process.argv.slice(2);
const { mockOpenAIResponse } = createRequire(import.meta.url)(folder);
mockOpenAIResponse(true, { seed: 7, useFixedResponses: true });

http.createServer(async (req, res) => {
  const body = [];
  for await (const piece of req) body.push(piece);
  const answer = await fetch('https://api.openai.com' + req.url, {
    method: req.method, body: Buffer.concat(body), headers: { 'content-type': 'application/json', authorization: req.headers.authorization ?? '' },
  });
  const headers = Object.fromEntries(answer.headers);
  res.writeHead(answer.status, headers);
  for await (const piece of answer.body) res.write(piece);
  res.end();
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
process.stdin.on('end', () => process.exit(0)).resume();
