import type { ApiBody, ApiClient } from '../../support/api-client.js';
import { promptPath } from '../stage.js';

export interface Suggestion extends ApiBody {
  readonly suggestion_id: string;
  readonly kind: string;
  readonly title: string;
  readonly status: string;
  readonly evidence: {
    readonly places: readonly ApiBody[];
    readonly facts: Readonly<Record<string, unknown>>;
    readonly links: readonly string[];
  };
  readonly patch: ApiBody | null;
}

export interface SuggestionList extends ApiBody {
  readonly version_number: number;
  readonly window: ApiBody | null;
  readonly suggestions: readonly Suggestion[];
}

export async function listSuggestions(
  client: ApiClient,
  name: string,
  query = '',
): Promise<readonly Suggestion[]> {
  const { status, body } = await client.get<SuggestionList>(`${promptPath(name)}/suggestions?${query}`);
  if (status !== 200) throw new Error(`suggestions of ${name}: ${JSON.stringify(body)}`);
  return body.suggestions;
}

const AT_ONCE = 20;

/** Runs executions and waits for them. Some may fail. */
export async function runMany(
  client: ApiClient,
  count: number,
  bodyFor: (nth: number) => ApiBody,
): Promise<void> {
  for (let at = 0; at < count; at += AT_ONCE) {
    const nths = Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, index) => at + index);
    const answers = await Promise.all(nths.map((nth) => client.post('/v1/executions:run', bodyFor(nth))));
    const refused = answers.find(({ status }) => status >= 400 && status < 500);
    if (refused !== undefined) throw new Error(JSON.stringify(refused.body));
  }
}
