// Three peers. The floor is a plain keep-alive proxy to the stand-in, the least that anything in between can cost. With
// BENCH_DATABASE_URL it makes one commit a request, which is the simple way to be durable before the answer. With
// BENCH_BYTES_BEFORE and BENCH_BYTES_AFTER as well, it makes two commits of so many bytes, one before and one after the call,
// which any gateway needs that must not lose a call it has begun.
import { randomBytes } from 'node:crypto';
import { Agent, createServer, request as send } from 'node:http';
import pg from 'pg';
import { beHelper, listen } from '../lib/servers/helper-process.mjs';

const { BENCH_TARGET, BENCH_DATABASE_URL, BENCH_BYTES_BEFORE, BENCH_BYTES_AFTER } = process.env;
const target = new URL(BENCH_TARGET);
const agent = new Agent({ keepAlive: true });
/** The service's default number of connections. */
const POOL_SIZE = 8;
const pool =
  BENCH_DATABASE_URL === undefined
    ? null
    : new pg.Pool({ connectionString: BENCH_DATABASE_URL, max: POOL_SIZE });
pool?.on('error', () => undefined);
/** Random, so that compressing them saves nothing. */
const bytes = {
  before: BENCH_BYTES_BEFORE === undefined ? null : randomBytes(Number(BENCH_BYTES_BEFORE)),
  after: BENCH_BYTES_AFTER === undefined ? null : randomBytes(Number(BENCH_BYTES_AFTER)),
};

const server = createServer((request, response) => {
  const fail = (error) => response.writeHead(500).end(error.message);
  if (bytes.before === null) passOn(request, response, fail);
  else keep(bytes.before).then(() => passOn(request, response, fail), fail);
});

function passOn(request, response, fail) {
  const { method, url: path, headers } = request;
  const options = { agent, host: target.hostname, port: target.port, method, path, headers };
  const onward = send(options, (answer) => {
    if (pool === null) {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    } else {
      keepAndAnswer(answer, response).catch(fail);
    }
  });
  onward.once('error', (error) => response.writeHead(502).end(error.message));
  request.pipe(onward);
}

async function keepAndAnswer(answer, response) {
  const chunks = [];
  for await (const chunk of answer) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  await keep(bytes.after ?? body);
  response.writeHead(answer.statusCode, answer.headers);
  response.end(body);
}

function keep(content) {
  return pool.query({
    name: 'keep',
    text: 'INSERT INTO bench_answers (answer) VALUES ($1)',
    values: [content],
  });
}

await pool?.query(
  'CREATE TABLE IF NOT EXISTS bench_answers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, answer bytea NOT NULL)',
);
beHelper({ url: await listen(server) });
