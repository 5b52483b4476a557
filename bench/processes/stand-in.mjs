// The provider's stand-in: answers every chat completion alike, whole or as a stream, as fast as node:http can or after
// a configured delay.
import { createServer } from 'node:http';
import { clearInterval, setInterval } from 'node:timers';
import { beHelper, listen } from '../lib/servers/helper-process.mjs';

const USAGE = { prompt_tokens: 96, completion_tokens: 9, total_tokens: 105 };
const ANSWER = ['A', ' short', ' answer', ' of', ' eight', ' tokens', ' in', ' all', '.'];

const PIECES = [
  chunk({ choices: [choice({ role: 'assistant', content: '', refusal: null })] }),
  ...ANSWER.map((content) => chunk({ choices: [choice({ content })] })),
  chunk({ choices: [choice({}, 'stop')] }),
  chunk({ choices: [], usage: USAGE }),
  'data: [DONE]\n\n',
];
/** In one piece: a provider without any delay has all tokens at once. */
const STREAM = buildAnswer('text/event-stream; charset=utf-8', PIECES.join(''));
const WHOLE = buildAnswer(
  'application/json',
  JSON.stringify({
    ...common('chat.completion'),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: ANSWER.join(''), refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: USAGE,
  }),
);
/** The spelling of every measured client. A parser would slow down the measured peer. */
const ASKS_FOR_STREAM = '"stream":true';

let delayMs = 0;
/** The form in which the last answer was requested, because the peers must ask as the service does. */
let lastStreamed = false;
/** The delay between two pieces; 0 sends them all at once. */
let pieceDelayMs = 0;

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('latin1').on('data', (chunk) => (body += chunk));
  request.once('end', () => {
    lastStreamed = body.includes(ASKS_FOR_STREAM);
    if (delayMs === 0) answer(response, lastStreamed);
    else setTimeout(answer, delayMs, response, lastStreamed);
  });
});

function answer(response, isStreamed) {
  if (isStreamed && pieceDelayMs > 0) {
    answerSlowly(response);
    return;
  }
  const { headers, body } = isStreamed ? STREAM : WHOLE;
  response.writeHead(200, headers);
  response.end(body);
}

function answerSlowly(response) {
  const { 'content-length': _, ...headers } = STREAM.headers;
  response.writeHead(200, headers);
  let next = 0;
  const timer = setInterval(() => {
    if (next < PIECES.length) response.write(PIECES[next++]);
    if (next === PIECES.length) response.end();
    if (next === PIECES.length || response.destroyed) clearInterval(timer);
  }, pieceDelayMs);
}

function buildAnswer(contentType, text) {
  const body = Buffer.from(text);
  const headers = {
    'content-type': contentType,
    'content-length': body.length,
    'x-request-id': 'req_of_the_stand_in',
  };
  return { headers, body };
}

function choice(delta, finishReason = null) {
  return { index: 0, delta, logprobs: null, finish_reason: finishReason };
}

function chunk(fields) {
  return `data: ${JSON.stringify({ ...common('chat.completion.chunk'), usage: null, ...fields })}\n\n`;
}

function common(object) {
  return { id: 'chatcmpl-1', object, created: 1_721_172_741, model: 'gpt-4o-mini' };
}

beHelper(
  { url: await listen(server) },
  {
    setDelay: (ms) => {
      delayMs = ms;
    },
    setPieceDelay: (ms) => {
      pieceDelayMs = ms;
    },
    wasStreamed: () => lastStreamed,
  },
);
