// Two peers. The floor: a plain keep-alive proxy to the stand-in, the least that anything in between can cost. With
// BENCH_DATABASE_URL: the same with one commit a request, which is the simple way to be durable before the answer.
import { Agent, createServer, request as send } from 'node:http';
import pg from 'pg';
import { beHelper, listen } from '../lib/helper-process.mjs';

const { BENCH_TARGET, BENCH_DATABASE_URL } = process.env;
const target = new URL(BENCH_TARGET);
const agent = new Agent({ keepAlive: true });
/** As many connections as the service takes by default. */
const POOL_SIZE = 8;
const pool =
  BENCH_DATABASE_URL === undefined
    ? null
    : new pg.Pool({ connectionString: BENCH_DATABASE_URL, max: POOL_SIZE });
pool?.on('error', () => undefined);

const server = createServer((request, response) => {
  const { method, url: path, headers } = request;
  const options = { agent, host: target.hostname, port: target.port, method, path, headers };
  const onward = send(options, (answer) => {
    if (pool === null) {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    } else {
      keepAndAnswer(answer, response).catch((error) => response.writeHead(500).end(error.message));
    }
  });
  onward.once('error', (error) => response.writeHead(502).end(error.message));
  request.pipe(onward);
});

async function keepAndAnswer(answer, response) {
  const chunks = [];
  for await (const chunk of answer) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  await pool.query({
    name: 'keep',
    text: 'INSERT INTO bench_answers (answer) VALUES ($1)',
    values: [body.toString()],
  });
  response.writeHead(answer.statusCode, answer.headers);
  response.end(body);
}

await pool?.query(
  'CREATE TABLE IF NOT EXISTS bench_answers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, answer text NOT NULL)',
);
beHelper({ url: await listen(server) });
