// The peer of the prompt read: plain node:http that answers fixed bytes from memory.
import { createServer } from 'node:http';
import { beHelper, listen } from '../lib/servers/helper-process.mjs';

const body = Buffer.from(process.env.BENCH_BODY, 'base64');
const headers = { 'content-type': process.env.BENCH_CONTENT_TYPE, 'content-length': body.length };

const server = createServer((request, response) => {
  response.writeHead(200, headers);
  response.end(body);
});

beHelper({ url: await listen(server) });
