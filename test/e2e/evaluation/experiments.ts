import type { ApiBody, ApiClient } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { putPrompt, type Stage } from '../stage.js';

export const EXPERIMENTS = '/v1/experiments';

export interface Summary {
  readonly candidate: string;
  readonly scorer: string;
  readonly n: number;
  readonly mean: number | null;
  readonly pass_rate: number | null;
  readonly pass_rate_interval: readonly [number, number] | null;
  readonly pass_at_k: Readonly<Record<string, number>> | null;
  readonly pass_hat_k: Readonly<Record<string, number>> | null;
  readonly errors: number;
  readonly cost_usd: string | null;
}

export interface Experiment extends ApiBody {
  readonly experiment_id: string;
  readonly status: string;
  readonly cells: number;
  readonly cost_usd: string | null;
  readonly progress: Readonly<Record<string, number>>;
  readonly summary: readonly Summary[];
}

const isOver = ({ status }: Experiment) => status !== 'queued' && status !== 'running';

/** Puts two versions of a prompt for the echo: the first repeats all words, and the second omits one. */
export async function putCandidates({ admin }: Pick<Stage, 'admin'>, name: string): Promise<void> {
  await putPrompt(admin, name, 'Answer: {{text}}');
  await putPrompt(admin, name, 'Reply: {{text}}', { set_active: false });
}

export async function putItems(
  client: ApiClient,
  dataset: string,
  items: readonly ApiBody[],
): Promise<string> {
  await client.put(`/v1/datasets/${dataset}`, {});
  const answer = await client.post<{ version: string }>(`/v1/datasets/${dataset}/items`, {
    items,
    mode: 'replace',
  });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body.version;
}

export async function putScorer(client: ApiClient, name: string, definition: ApiBody): Promise<void> {
  const answer = await client.put(`/v1/scorers/${name}`, definition);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
}

export async function startExperiment(client: ApiClient, body: ApiBody): Promise<Experiment> {
  const answer = await client.post<Experiment>(EXPERIMENTS, body);
  if (answer.status !== 202) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

export async function readExperiment(client: ApiClient, id: string): Promise<Experiment> {
  return (await client.get<Experiment>(`${EXPERIMENTS}/${id}`)).body;
}

export async function untilOver(client: ApiClient, id: string): Promise<Experiment> {
  await eventually(async () => isOver(await readExperiment(client, id)));
  return readExperiment(client, id);
}
