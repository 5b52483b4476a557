// The part of the showcase that compares versions: an experiment, and a rollout that has run for a while.

const MAILS = ['Wo bleibt mein Paket?', 'Where is my parcel?', 'I want my money back.', 'It arrived broken.'];
const ITEMS = 48;
const TRIES = 300;
const ROUNDS = 8;
const UNITS_IN_A_ROUND = 60;

/** Compares two versions of a prompt on items, one in three of which must not be refunded. @returns the experiment's id. */
export async function runExperiment(call) {
  const items = Array.from({ length: ITEMS }, (_, at) => ({
    external_id: `ticket-${4711 + at}`,
    variables: {
      company: 'Acme',
      order: { id: 4711 + at, refundable: at % 3 !== 0 },
      message: MAILS[at % MAILS.length],
    },
    expected: `order ${4711 + at}`,
  }));
  await call('PUT', '/v1/datasets/refund_tickets', { description: 'Tickets of a week, with their orders' });
  await call('POST', '/v1/datasets/refund_tickets/items', { items });
  await call('PUT', '/v1/scorers/refunds_at_once', {
    kind: 'check',
    check: 'contains',
    value: 'at once',
  });
  await call('PUT', '/v1/scorers/names_order', { kind: 'check', check: 'contains' });
  const candidate = (label, version_number) => ({
    label,
    prompt_name: 'support/refund_reply',
    version_number,
    model: { provider: 'echo', model_name: 'echo' },
  });
  const { experiment_id: id } = await call('POST', '/v1/experiments', {
    name: 'Refunds, at once and shorter',
    dataset: { name: 'refund_tickets' },
    candidates: [candidate('now', 1), candidate('shorter', 2)],
    scorers: [{ name: 'refunds_at_once' }, { name: 'names_order' }],
  });
  await until(async () => (await call('GET', `/v1/experiments/${id}`)).status === 'completed');
  return id;
}

/** Splits a prompt's requests between two versions, and reports for each unit whether it was satisfied. @returns the rollout's id. */
export async function startRollout(call) {
  const prompt_name = 'kb/answer_with_sources';
  const prompt = `/v1/prompts/${encodeURIComponent(prompt_name)}`;
  await call('PUT', `${prompt}/environments/staging`, { version_number: 1 });
  await call('PUT', prompt, {
    template_source:
      'Answer from these passages, and number each sentence by its passage:\n{{passages}}\n\n{{question}}',
    commit_message: 'number the sentences',
    created_by: 'Grace',
  });
  const { rollout_id: id } = await call('POST', '/v1/rollouts', {
    name: 'Numbered sources',
    prompt_name,
    environment: 'staging',
    candidate: { version_number: 2 },
    steps: [{ percent: 10, hold_min: 0 }, { percent: 50 }],
    min_units: 20,
    primary: { metric: 'outcome:resolved', kind: 'yes_no' },
    guardrails: [
      { metric: 'error_rate', max_regression: 0.2 },
      { metric: 'latency_p95_ms', max_regression: 0.5 },
    ],
  });
  await call('POST', `/v1/rollouts/${id}:start`);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let at = 0; at < UNITS_IN_A_ROUND; at += 1) {
      const unit_key = `customer-${round * UNITS_IN_A_ROUND + at}`;
      const { execution_id, rollout } = await call('POST', '/v1/executions:run', {
        prompt_name,
        environment: 'staging',
        variables: { passages: '[1] …', question: 'Is it in stock?' },
        unit_key,
      });
      const value = (at * 7 + round) % 20 < (rollout.arm === 'candidate' ? 17 : 14);
      await call('POST', '/v1/outcomes', { execution_id, metric: 'resolved', value });
    }
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
  return id;
}

async function until(isDone) {
  for (let turn = 0; turn < TRIES; turn += 1) {
    if (await isDone()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The experiment was not completed.');
}
