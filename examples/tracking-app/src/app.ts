// A night's job of a shop whose prompts live in its code. The ledger knows each version of them, by commit and line, and what each call
// was answered, though the calls do not go through it.
import { PromptLedger } from '@prompt-ledger/client';
import { Prompts } from './prompts.js';

const ledger = new PromptLedger({ mode: 'tracking_only', codeRegistry: Prompts });

/** Stands for your own call to a vendor's SDK: its answer has the shape of OpenAI's chat completions. */
async function callModel(prompt: string) {
  return {
    id: 'chatcmpl-1',
    model: 'shout-1',
    choices: [{ message: { role: 'assistant', content: prompt.toUpperCase() }, finish_reason: 'stop' }],
    usage: { prompt_tokens: prompt.split(' ').length, completion_tokens: prompt.split(' ').length },
  };
}

const { registered } = await ledger.registerCodePrompts();
for (const { name, version } of registered) console.log(`${name} is version ${version}`);

// Tracked: the program makes the call, the ledger hears of it in the background.
for (const [index, customer] of ['Ada', 'Grace'].entries()) {
  const notice = await ledger.track(
    'SHIPPING_NOTICE',
    { customer, order_id: 1000 + index },
    (prompt) => callModel(prompt),
    { model: 'my-own/shout-1' },
  );
  console.log(notice.choices[0]?.message.content);
}

// Executed: the ledger makes the call, by the text that stands in this program whatever is active elsewhere.
const review = await ledger.execute('REVIEW_REQUEST', { customer: 'Ada', product: 'a kettle' });
console.log(review.response_text);

// What is still on its way to the ledger is sent before the program ends.
await ledger.close();
const history = await ledger.getPromptHistory('SHIPPING_NOTICE', { mode: 'tracking' });
console.log(`executions of version ${history.current_version}: ${history.versions[0]?.execution_count}`);
