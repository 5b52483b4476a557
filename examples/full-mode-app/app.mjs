// A support desk whose replies are drafted by a prompt that colleagues edit in the ledger, without a deploy of this program.
//
//   POST /drafts {"customer": "Sarah", "question": "Where is my order?"}   -> 201, the draft and the id of its execution
//   GET  /drafts/{execution_id}                                            -> how it came about: version, variables, prompt, answer
import { createServer } from 'node:http';
import { NotFoundError, PromptLedger, PromptLedgerError } from '@prompt-ledger/client';

const PROMPT = 'examples/support_reply';
const ledger = new PromptLedger({ mode: 'full' });

/** Only where there is none yet: what colleagues have made of it since is theirs. */
async function ensurePrompt() {
  try {
    await ledger.getPrompt(PROMPT);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    await ledger.createPrompt({
      name: PROMPT,
      template: 'Answer {{customer}} kindly and in one paragraph:\n{{question}}',
      description: 'First draft of an answer to a customer',
      ownerTeam: 'Support',
    });
  }
}

async function draft({ customer, question }) {
  const execution = await ledger.execute(PROMPT, { customer, question }, { environment: 'dev' });
  return {
    execution_id: execution.execution_id,
    prompt_version: execution.version_number,
    draft: execution.response_text,
  };
}

async function answer(request) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (request.method === 'POST' && pathname === '/drafts') return [201, await draft(await readJson(request))];
  const [, executionId] = /^\/drafts\/([0-9a-f-]{36})$/.exec(pathname) ?? [];
  if (request.method === 'GET' && executionId !== undefined) {
    return [200, await ledger.executions.get(executionId)];
  }
  return [404, { error: 'There are POST /drafts and GET /drafts/{execution_id}.' }];
}

async function readJson(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return JSON.parse(text);
}

const server = createServer((request, response) => {
  answer(request)
    // What the ledger refuses says what to do; anything else is for the log.
    .catch((error) => {
      if (error instanceof PromptLedgerError) return [502, { error: error.message, code: error.code }];
      console.error(error);
      return [500, { error: 'See the log.' }];
    })
    .then(([status, body]) => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
});

await ensurePrompt();
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`support desk at http://127.0.0.1:${server.address().port}`);
});
process.once('SIGTERM', () => server.close());
