// The provider's stand-in: answers every chat completion with the same stream, as fast as node:http can, or after the
// delay that it was told.
import { createServer } from 'node:http';
import { clearInterval, setInterval } from 'node:timers';
import { beHelper, listen } from '../lib/helper-process.mjs';

const ANSWER = ['A', ' short', ' answer', ' of', ' eight', ' tokens', ' in', ' all', '.'];

const PIECES = [
  chunk({ choices: [choice({ role: 'assistant', content: '', refusal: null })] }),
  ...ANSWER.map((content) => chunk({ choices: [choice({ content })] })),
  chunk({ choices: [choice({}, 'stop')] }),
  chunk({ choices: [], usage: { prompt_tokens: 96, completion_tokens: 9, total_tokens: 105 } }),
  'data: [DONE]\n\n',
];
/** In one piece: a provider without any delay has all tokens at once. */
const BODY = Buffer.from(PIECES.join(''));
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'content-length': BODY.length,
  'x-request-id': 'req_of_the_stand_in',
};

let delayMs = 0;
/** Between two pieces; 0: all at once. */
let pieceDelayMs = 0;

const server = createServer((request, response) => {
  // The body is read and not looked at: its parsing would count against whoever is measured.
  request.resume().once('end', () => {
    if (delayMs === 0) answer(response);
    else setTimeout(answer, delayMs, response);
  });
});

function answer(response) {
  if (pieceDelayMs > 0) {
    answerSlowly(response);
    return;
  }
  response.writeHead(200, HEADERS);
  response.end(BODY);
}

function answerSlowly(response) {
  const { 'content-length': _, ...headers } = HEADERS;
  response.writeHead(200, headers);
  let next = 0;
  const timer = setInterval(() => {
    if (next < PIECES.length) response.write(PIECES[next++]);
    if (next === PIECES.length) response.end();
    if (next === PIECES.length || response.destroyed) clearInterval(timer);
  }, pieceDelayMs);
}

function choice(delta, finishReason = null) {
  return { index: 0, delta, logprobs: null, finish_reason: finishReason };
}

function chunk(fields) {
  const common = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_721_172_741,
    model: 'gpt-4o-mini',
  };
  return `data: ${JSON.stringify({ ...common, usage: null, ...fields })}\n\n`;
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
  },
);
