import { runExperiment, startRollout } from './showcase-evidence.mjs';

const REFUND = `You are a support agent for {{company}}.
Answer in {{language | default: "English"}}.
{% if order.refundable %}
Offer the refund for order {{order.id}} if the customer asks.
{% else %}
Explain kindly why order {{order.id}} cannot be refunded.
{% endif %}

Customer:
{{message}}`;
const SHORTER = REFUND.replace('}}.\n{% if', '}}, in at most three sentences.\n{% if').replace(
  ' if the customer asks',
  ' at once',
);

const PROMPTS = [
  [
    'support/triage',
    'Sorts a mail into a queue.',
    'Support',
    ['mail'],
    'Which queue fits this mail: {{queues}}?\n\n{{mail}}',
  ],
  [
    'support/closing_note',
    'The last line of a ticket.',
    'Support',
    [],
    'Close the ticket of {{name}} with one kind sentence.',
  ],
  [
    'search/rewrite_query',
    'Makes a query of a question.',
    'Search',
    ['hot'],
    'Rewrite as a search query: {{question}}',
  ],
  [
    'billing/dunning_mail',
    'A reminder that stays polite.',
    'Finance',
    ['mail'],
    'Remind {{customer}} of invoice {{invoice}}.',
  ],
  [
    'kb/answer_with_sources',
    'Answers from passages only.',
    'Support',
    ['hot'],
    'Answer from these passages:\n{{passages}}\n\n{{question}}',
  ],
  [
    'legal/clause_extract',
    'Finds a clause in a contract.',
    'Legal',
    [],
    'Find the {{clause}} clause in:\n{{contract}}',
  ],
];

/** Fills a fresh ledger with invented data. @returns the pictures to take of it. */
export async function seedShowcase(url, key) {
  const call = caller(url, key);
  const named = (name) => `/v1/prompts/${encodeURIComponent(name)}`;
  for (const [name, description, owner_team, tags, template_source] of PROMPTS) {
    await call('PUT', named(name), {
      description,
      owner_team,
      tags,
      template_source,
      set_active: true,
      created_by: 'Ada',
    });
    await call('PUT', `${named(name)}/environments/prod`, { version_number: 1 });
  }
  const facts = {
    description: 'Answers a customer who wants their money back.',
    owner_team: 'Support',
    tags: ['mail', 'hot'],
  };
  const refund = named('support/refund_reply');
  await call('PUT', refund, {
    ...facts,
    template_source: REFUND,
    created_by: 'Ada',
    commit_message: 'first cut',
  });
  await call('POST', `${refund}/versions/1:activate`);
  await call('PUT', `${refund}/environments/prod`, { version_number: 1, reason: 'first cut' });
  const commit_message = 'say at once, and shorter';
  await call('PUT', refund, { template_source: SHORTER, created_by: 'Grace', commit_message });
  await call('PUT', `${refund}/environments/staging`, { version_number: 2, reason: 'try it' });
  await call('POST', '/v1/prompts/register-code', {
    prompts: [
      {
        name: 'WELCOME',
        template_source: 'Hello {{name}}, welcome to {{app}}!',
        source: { file: 'src/prompts.ts', line: 12 },
      },
      {
        name: 'ORDER_CONFIRMATION',
        template_source: 'Confirm order {{id}}.',
        source: { file: 'src/orders.ts', line: 40 },
      },
    ],
    git: {
      commit: '2fd4e1c67a2d28fced849ee1bb76e7391b93eb12',
      branch: 'main',
      repository: 'acme/shop',
      dirty: false,
    },
  });
  // The budget below is too small for both, so they run first.
  const experimentId = await runExperiment(call);
  const rolloutId = await startRollout(call);
  await call('POST', '/v1/prices', {
    provider: 'echo',
    model_name: 'echo',
    input_usd_per_mtok: '150',
    output_usd_per_mtok: '600',
  });
  await call('POST', '/v1/budgets', {
    name: 'Support, a month',
    scope: 'owner_team',
    scope_value: 'Support',
    period: 'month',
    limit_usd: '0.2',
  });
  const executionId = await runSome(call);
  const changeId = await openChange(call);
  return [
    { name: 'prompts', path: '/prompts', ready: 'support/refund_reply', act: waitForActivity },
    {
      name: 'prompts-dark',
      path: '/prompts',
      ready: 'support/refund_reply',
      colorScheme: 'dark',
      act: waitForActivity,
    },
    { name: 'prompt', path: '/prompts/support%2Frefund_reply', ready: 'Save as version 3', act: editRefund },
    { name: 'prompt-versions', path: '/prompts/support%2Frefund_reply?tab=versions', ready: 'What changes' },
    { name: 'executions', path: '/executions', ready: 'support/refund_reply' },
    { name: 'execution-dark', path: `/executions/${executionId}`, ready: 'Lineage', colorScheme: 'dark' },
    {
      name: 'executions-compared',
      path: `/executions/${executionId}/compare`,
      ready: 'Or one of the newest',
      act: compareWithNewest,
    },
    {
      name: 'playground',
      path: '/playground?prompt=support%2Ftriage&version=1',
      ready: 'Which queue',
      act: tryTwo,
    },
    { name: 'analytics', path: '/analytics?last=7d', ready: 'Budgets', act: settle },
    {
      name: 'analytics-dark',
      path: '/analytics?last=7d',
      ready: 'Budgets',
      act: settle,
      colorScheme: 'dark',
    },
    { name: 'change', path: `/changes/${changeId}`, ready: 'in at most three sentences' },
    {
      name: 'experiment',
      path: `/experiments/${experimentId}?tab=comparison`,
      ready: 'refunds_at_once',
    },
    { name: 'rollout', path: `/rollouts/${rolloutId}`, ready: 'Numbered sources', act: drawChart },
    {
      name: 'prompts-narrow',
      path: '/prompts',
      ready: 'support/refund_reply',
      size: { width: 390, height: 780 },
    },
  ];
}

/** The drawings of the last days come after the rows. */
async function waitForActivity(page) {
  await page
    .getByRole('img', { name: /executions? in 7 days/ })
    .first()
    .waitFor();
}

function caller(url, key) {
  return async (method, path, body, headers = {}) => {
    const init = { method, headers: { 'X-API-Key': key, 'Content-Type': 'application/json', ...headers } };
    const response = await fetch(url + path, { ...init, ...(body && { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.status === 204 ? null : response.json();
  };
}

async function compareWithNewest(page) {
  const rows = page.getByRole('table', { name: 'Executions to compare with' }).getByRole('row');
  await rows.nth(1).click();
  await page.getByText('by word').first().waitFor();
}

async function editRefund(page) {
  await page.getByLabel('Variables, as JSON').fill(
    JSON.stringify(
      {
        company: 'Acme',
        language: 'German',
        order: { id: 4711, refundable: true },
        message: 'Wo bleibt mein Paket?',
      },
      null,
      2,
    ),
  );
  const line = page.getByRole('textbox', { name: 'Template' }).getByText('Customer:');
  await line.click();
  await page.keyboard.press('End');
  await page.keyboard.type(' (quote them once)');
  await page.getByLabel('What changes, and why').fill('quote the customer');
}

/** Runs two variants of one prompt. */
async function tryTwo(page) {
  await page
    .getByLabel('Variables of all')
    .fill(JSON.stringify({ queues: ['billing', 'orders', 'other'], mail: 'Where is my parcel?' }, null, 2));
  const variant = (name) => page.getByRole('group', { name: `Variant ${name}` });
  await variant('A').getByLabel('Model').fill('echo/echo');
  await page.getByRole('button', { name: 'Add a variant' }).click();
  await variant('B')
    .getByRole('textbox', { name: 'Template' })
    .fill('Name the one queue of {{queues}} that fits this mail, and nothing else.\n\n{{mail}}');
  await page.getByRole('button', { name: /^Run all/ }).click();
  for (const name of ['A', 'B']) await variant(name).getByText('succeeded').waitFor();
}

async function drawChart(page) {
  await page.locator('.u-over').first().waitFor();
}

async function settle(page) {
  await drawChart(page);
  await page.getByRole('table', { name: 'By Prompt' }).waitFor();
}

async function runSome(call) {
  const model = { provider: 'echo', model_name: 'echo' };
  const order = { id: 4711, refundable: true };
  const message = 'Wo bleibt mein Paket? Ich warte seit zwei Wochen.';
  const variables = { company: 'Acme', language: 'German', order, message };
  const run = (prompt_name, values, environment) =>
    call('POST', '/v1/executions:run', {
      prompt_name,
      variables: values,
      environment,
      model,
      correlation_id: 'ticket-4711',
    });
  for (let turn = 0; turn < 8; turn += 1) {
    await run('search/rewrite_query', { question: 'how do I cancel?' }, 'prod');
    await run('kb/answer_with_sources', { passages: '[1] …', question: 'Is it in stock?' }, 'prod');
    await run('WELCOME', { name: 'Ada', app: 'Acme' }, 'dev');
  }
  const { execution_id: id } = await run('support/refund_reply', variables, 'prod');
  return id;
}

/** Opens a change that needs two approvals and has one, from somebody else. */
async function openChange(call) {
  await call('PUT', '/v1/environments/prod', { protected: true, approvals: { required: 2 } });
  const member = async (name, role) => {
    const { user_id } = await call('POST', '/v1/users', {
      kind: 'person',
      name,
      email: `${name.toLowerCase()}@example.com`,
    });
    await call('PUT', `/v1/members/${user_id}`, { role });
    return (await call('POST', '/v1/keys', { name: `${name}’s`, role, user_id })).key;
  };
  const [author, approver] = [await member('Grace', 'editor'), await member('Ada', 'approver')];
  const { change_id: id } = await call(
    'POST',
    '/v1/changes',
    {
      prompt_name: 'support/refund_reply',
      environment: 'prod',
      version_number: 2,
      reason: 'Say at once, and shorter.',
    },
    { 'X-API-Key': author },
  );
  await call('POST', `/v1/changes/${id}:approve`, { comment: 'Reads better.' }, { 'X-API-Key': approver });
  return id;
}
