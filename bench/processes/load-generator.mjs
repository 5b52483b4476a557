// Sends requests and measures them. An unexpected answer ends the measurement with an error, because a failed
// request is fast, and would pass for a good figure.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { beHelper } from '../lib/servers/helper-process.mjs';

/** Above every deadline of the measured peers. A request that hangs must end the benchmark. */
const ANSWER_TIMEOUT_MS = 60_000;
const TICK_MS = 1;
/** Unique for each run, so that no key has been used before. */
const RUN_ID = randomUUID();
let lastUnique = 0;
let lastCounted = 0;

/** @param {import('../lib/work/load.mjs').Job} job @returns {Promise<import('../lib/work/load.mjs').Sample>} */
async function measure(job) {
  const { origin, pathname, search } = new URL(job.url);
  const pool = new Pool(origin, {
    connections: job.connections,
    pipelining: 1,
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  });
  const request = { path: pathname + search, method: job.method, headers: job.headers, body: job.body };
  const sendOne = () => send(pool, withCountedBody(withUniqueHeader(request, job), job), job);
  try {
    // Opening 64 connections would dominate the 99th percentile of a short round.
    const opening = job.openFirst === false ? 0 : job.connections;
    await Promise.all(Array.from({ length: opening }, sendOne));
    const latenciesMs = [];
    const startedAtEpochMs = Date.now();
    const startedAtMs = performance.now();
    const loop = job.perSecond === undefined ? closedLoop : openLoop;
    const answeredInTime = await loop(job, sendOne, latenciesMs);
    const elapsedMs = performance.now() - startedAtMs;
    const answered = opening + latenciesMs.length;
    return { ...summarize(latenciesMs, elapsedMs), startedAtEpochMs, answered, answeredInTime };
  } finally {
    await pool.destroy();
  }
}

function withUniqueHeader(request, { uniqueHeader }) {
  if (uniqueHeader === undefined) return request;
  return { ...request, headers: { ...request.headers, [uniqueHeader]: `${RUN_ID}-${++lastUnique}` } };
}

function withCountedBody(request, { countedInBody }) {
  if (countedInBody === undefined) return request;
  const { placeholder, upTo } = countedInBody;
  lastCounted = (lastCounted % upTo) + 1;
  return { ...request, body: request.body.replace(placeholder, String(lastCounted)) };
}

/**
 * Each connection sends its next request when it has the answer. The loop ends by the clock or by the number of requests.
 * @returns {Promise<number>} how many answers arrived before the time was over.
 */
async function closedLoop({ connections, seconds = Infinity, requests = Infinity }, sendOne, latenciesMs) {
  const endAtMs = performance.now() + seconds * 1000;
  let sent = 0;
  let answeredInTime = 0;
  const work = async () => {
    for (let now = performance.now(); now < endAtMs && sent < requests;) {
      sent++;
      const markedAtMs = await sendOne();
      latenciesMs.push(markedAtMs - now);
      now = performance.now();
      if (now <= endAtMs) answeredInTime++;
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return answeredInTime;
}

/** Sends a fixed number of requests a second, whatever the answers do. Times count from when a request was due, so that waiting shows. */
async function openLoop({ seconds, perSecond }, sendOne, latenciesMs) {
  const startedAtMs = performance.now();
  const answers = [];
  const total = Math.round(seconds * perSecond);
  while (answers.length < total) {
    const dueAtMs = startedAtMs + (answers.length * 1000) / perSecond;
    if (performance.now() < dueAtMs) {
      await sleep(TICK_MS);
      continue;
    }
    const answer = sendOne().then((markedAtMs) => latenciesMs.push(markedAtMs - dueAtMs));
    // The code below awaits all answers and handles their rejections.
    answer.catch(() => undefined);
    answers.push(answer);
  }
  await Promise.all(answers);
  return answers.length;
}

/**
 * Uses undici's handler interface, because a promise with a body stream per request costs twice the processor time.
 * Resolves when the answer is whole, with the time when the mark appeared or, without a mark, with the current time.
 */
function send(pool, request, { expectedStatus, mark }) {
  return new Promise((resolve, reject) => {
    const unexpected = [];
    let status = 0;
    let markedAtMs = null;
    pool.dispatch(request, {
      onRequestStart: () => undefined,
      onResponseStart(_controller, statusCode) {
        status = statusCode;
      },
      onResponseData(_controller, chunk) {
        if (status !== expectedStatus) unexpected.push(chunk);
        else if (mark !== undefined && markedAtMs === null && chunk.includes(mark))
          markedAtMs = performance.now();
      },
      onResponseEnd() {
        if (status === expectedStatus && mark !== undefined && markedAtMs === null) {
          reject(new Error(`${request.method} ${request.path}: an answer without ${mark}`));
        } else if (status === expectedStatus) resolve(markedAtMs ?? performance.now());
        else reject(new Error(`${request.method} ${request.path}: ${status} ${Buffer.concat(unexpected)}`));
      },
      onResponseError(_controller, error) {
        reject(new Error(`${request.method} ${request.path}: ${error.message}`));
      },
    });
  });
}

function summarize(latenciesMs, elapsedMs) {
  const sorted = Float64Array.from(latenciesMs).sort();
  const percentile = (share) => sorted[Math.ceil(share * sorted.length) - 1];
  return {
    requests: sorted.length,
    perSecond: (sorted.length * 1000) / elapsedMs,
    p50Ms: percentile(0.5),
    p95Ms: percentile(0.95),
    p99Ms: percentile(0.99),
    elapsedMs,
  };
}

beHelper({}, { measure });
