import type { ChatMessage, ContentExtras, PromptContent } from '../../templating/index.js';
import type { VersionFacts } from './facts/version-facts.js';
import type { SuggestionKind } from './suggestion.js';

export interface FixturePrompt {
  readonly name: string;
  readonly content: PromptContent;
  readonly declared?: readonly string[];
  readonly facts?: Partial<VersionFacts>;
  /** The planted fault; null when there is none. */
  readonly fault: SuggestionKind | null;
}

export const text = (templateSource: string, extras?: ContentExtras): PromptContent => ({
  kind: 'text',
  templateSource,
  ...(extras === undefined ? {} : { extras }),
});
const message = (role: ChatMessage['role'], content: string): ChatMessage => ({ role, content });
export const chat = (messages: readonly ChatMessage[], extras?: ContentExtras): PromptContent => ({
  kind: 'chat',
  messages,
  ...(extras === undefined ? {} : { extras }),
});

export const jsonSchema = (...keys: string[]): ContentExtras => ({
  responseFormat: {
    type: 'json_schema',
    json_schema: {
      name: 'answer',
      strict: true,
      schema: {
        type: 'object',
        properties: Object.fromEntries(keys.map((key) => [key, { type: 'string' }])),
        required: keys,
        additionalProperties: false,
      },
    },
  },
});

const RULES = [
  'Greet the customer by name when the name is known.',
  'Refunds are possible within thirty days of the purchase, with a receipt.',
  'A damaged article is replaced at no cost; ask for a photograph first.',
  'Orders above two hundred euros are sent with insurance.',
  'Never promise a date of delivery, because carriers are late in winter.',
  'Questions about invoices go to the accounting team, with the number of the order.',
  'When somebody is angry, apologise once and go on to the solution.',
  'Use short sentences and no jargon.',
  'Mention the help centre only when the article there answers the whole question.',
  'End with one question that moves the case forward.',
  'Subscriptions can be paused for three months at most, and twice a year.',
  'Gift cards cannot be exchanged for money, except where the law demands it.',
].join('\n');

export const FACTS: VersionFacts = {
  promptName: 'team/prompt',
  versionNumber: 3,
  executions: 2000,
  failures: 20,
  costUsd: '4.20',
  answers: { count: 1990, p99Tokens: 300, maxTokens: 350, executionIds: ['e1'] },
  maxNewTokens: 600,
  promptTokens: { total: 4_000_000, cached: 2_500_000, commonPrefix: 1500, executions: 2000 },
  schema: { checked: 1990, failures: [{ pointer: '/tags', count: 3, executionIds: ['e2'] }] },
  variables: [
    {
      name: 'language',
      executions: 2000,
      distinct: 3,
      values: [
        { value: '"en"', executions: 1500, failures: 14, failedExecutionIds: ['e3'] },
        { value: '"de"', executions: 400, failures: 5, failedExecutionIds: ['e4'] },
        { value: '"fr"', executions: 100, failures: 1, failedExecutionIds: ['e5'] },
      ],
    },
  ],
  experiments: [],
  retries: [{ cause: 'rate_limited', count: 6, executionIds: ['e6'] }],
  fallbacks: [],
};

const PLAIN = text('Translate into {{language}}:\n{{text}}');

/** Twelve prompts, each with one fault. */
export const FAULTY: readonly FixturePrompt[] = [
  {
    name: 'a variable that callers send is not used',
    content: text('Write a greeting for {{name}}.'),
    declared: ['name', 'city'],
    fault: 'unused_variable',
  },
  {
    name: 'a name with a slip',
    content: text('Hello {{custmer_name}}, your parcel {{parcel}} is on its way.'),
    declared: ['customer_name', 'parcel'],
    fault: 'undeclared_variable',
  },
  {
    name: 'another template language',
    content: text('Write to {customer_name} that the parcel is late.'),
    fault: 'undeclared_variable',
  },
  {
    name: 'JSON is asked for and not enforced',
    content: text(
      'Extract the address from the mail below. Return a JSON object with street and city.\n\n{{mail}}',
    ),
    fault: 'response_format',
  },
  {
    name: 'text and schema disagree on the keys',
    content: chat(
      [
        message('system', 'Classify the ticket. Respond with JSON like {"label": "…", "reason": "…"}.'),
        message('user', '{{ticket}}'),
      ],
      jsonSchema('category', 'reason'),
    ),
    fault: 'response_format',
  },
  {
    name: 'somebody else’s text in the system message',
    content: chat([
      message(
        'system',
        'You answer questions about invoices. The customer says: {{customer_message}} Be polite and brief.',
      ),
      message('user', 'Please answer.'),
    ]),
    fault: 'variable_in_instructions',
  },
  {
    name: 'the time in front of long rules',
    content: chat([
      message('system', `The time is {{now}}.\n\n${RULES}`),
      message('user', 'Order {{order_number}} is late.'),
    ]),
    fault: 'volatile_before_stable',
  },
  {
    name: 'the same instruction twice',
    content: chat([
      message(
        'system',
        'You write product texts. Never mention prices. Use British spelling. Do not mention prices.',
      ),
      message('user', 'Product: {{product}}'),
    ]),
    fault: 'repeated_instruction',
  },
  {
    name: 'a whole handbook',
    content: chat([
      message(
        'system',
        Array.from(
          { length: 120 },
          (_, nth) =>
            `Rule ${nth}: case ${nth * 17} goes to desk ${nth % 7}, unless a manager of region ${nth * 3} has decided otherwise in writing; then desk ${nth + 200} takes over.`,
        ).join('\n'),
      ),
      message('user', 'Case {{case_number}}'),
    ]),
    fault: 'size',
  },
  {
    name: 'a bound far above the answers',
    content: PLAIN,
    facts: { maxNewTokens: 4096 },
    fault: 'answer_bound',
  },
  {
    name: 'one language fails',
    content: PLAIN,
    facts: {
      failures: 60,
      variables: [
        {
          name: 'language',
          executions: 2000,
          distinct: 3,
          values: [
            { value: '"en"', executions: 1500, failures: 14, failedExecutionIds: ['e3'] },
            { value: '"de"', executions: 400, failures: 6, failedExecutionIds: ['e4'] },
            { value: '"ja"', executions: 100, failures: 40, failedExecutionIds: ['e7', 'e8'] },
          ],
        },
      ],
    },
    fault: 'failure_cluster',
  },
  {
    name: 'a cheaper model does as well',
    content: PLAIN,
    facts: {
      experiments: [
        {
          experimentId: 'x1',
          verdict: 'no_difference',
          items: 440,
          model: { provider: 'openai', modelName: 'gpt-4o' },
          other: { provider: 'openai', modelName: 'gpt-4o-mini' },
          costUsd: '0.002100',
          otherCostUsd: '0.000130',
        },
      ],
    },
    fault: 'cheaper_model',
  },
];

const WITHOUT_FAULT: readonly Omit<FixturePrompt, 'fault'>[] = [
  { name: 'text last', content: text('Summarize:\n{{text}}') },
  { name: 'all that is declared is used', content: PLAIN, declared: ['language', 'text'], facts: {} },
  {
    name: 'settings in the system message',
    content: chat([
      message('system', 'You write for {{company}} in a {{tone}} tone. Today is {{today}}.'),
      message('user', '{{question}}'),
    ]),
  },
  {
    name: 'a marked document',
    content: chat([
      message('system', 'Answer from the document only.'),
      message('user', '<document>\n{{document}}\n</document>\n\nQuestion: {{question}}\nAnswer:'),
    ]),
  },
  {
    name: 'JSON that is asked for and enforced',
    content: chat(
      [
        message('system', 'Classify the ticket. Respond with JSON like {"label": "…", "reason": "…"}.'),
        message('user', '{{ticket}}'),
      ],
      jsonSchema('label', 'reason'),
    ),
  },
  {
    name: 'JSON in, prose out',
    content: text(
      'The order comes as JSON:\n\n```json\n{{order_json}}\n```\n\nWrite one sentence about it for the customer. Do not return JSON.',
    ),
  },
  {
    name: 'examples that repeat',
    content: chat([
      message('system', 'Say whether a review is good or bad.'),
      message('user', 'Classify this review, please: great phone'),
      message('assistant', 'good'),
      message('user', 'Classify this review, please: it broke'),
      message('assistant', 'bad'),
      message('user', '{{review}}'),
    ]),
  },
  {
    name: 'braces that are no variables',
    content: text(
      'Write a path such as `/users/{id}` for {{resource}}. In code, use f"{name}":\n\n```python\nprint(f"{name}")\n```\n',
    ),
  },
  {
    name: 'instructions that are alike and different',
    content: chat([
      message(
        'system',
        'Answer in English when the customer writes in English. Answer in German when the customer writes in German. Do not mention prices. Mention the colour. Use at most 3 sentences. Use at most 20 words each.',
      ),
      message('user', '{{message}}'),
    ]),
  },
  {
    name: 'long rules in front of what changes',
    content: chat([
      message('system', RULES),
      message('user', 'The time is {{now}}. Order {{order_number}} is late.'),
    ]),
  },
  {
    name: 'conditions and loops',
    content: text(
      '{% if name %}Dear {{name}},{% else %}Hello,{% endif %}\nthese came in:\n{% for item in items %}- {{item.title}}\n{% endfor %}\nSort them by urgency.',
    ),
    declared: ['name', 'items'],
  },
  { name: 'figures as they should be', content: PLAIN, facts: {} },
];

/** Twelve prompts without a fault, each close to having one. */
export const SOUND: readonly FixturePrompt[] = WITHOUT_FAULT.map((each) => ({ ...each, fault: null }));
