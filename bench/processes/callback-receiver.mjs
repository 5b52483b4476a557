// Receives callbacks, answers 204 and counts them. Code that waits for the last one asks here.
import { createServer } from 'node:http';
import { beHelper, listen } from '../lib/servers/helper-process.mjs';

let received = 0;

const server = createServer((request, response) => {
  request.resume().once('end', () => {
    received++;
    response.writeHead(204).end();
  });
});

beHelper({ url: await listen(server) }, { received: () => received });
