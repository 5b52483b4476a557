import type { ApiBody, ApiClient, ApiResponse } from '../../support/api-client.js';
import { ECHO, promptPath, putPrompt } from '../stage.js';

/** Helpers for tests of environments. */

export interface Run extends ApiBody {
  readonly execution_id: string;
  readonly version_number: number;
  readonly environment: string;
  readonly resolved_by: string;
  readonly response_text: string;
}

/** Puts versions 1, 2, … of a prompt, each of which states its number. The last is active. */
export async function putVersions(client: ApiClient, name: string, count: number): Promise<string[]> {
  const hashes: string[] = [];
  for (let number = 1; number <= count; number += 1) {
    const { version } = await putPrompt(client, name, `${name} says ${number} to {{x}}`);
    hashes.push(version.checksum_hash);
  }
  return hashes;
}

export function move(
  client: ApiClient,
  name: string,
  environment: string,
  version_number: number,
  more: ApiBody = {},
): Promise<ApiResponse<ApiBody>> {
  const path = `${promptPath(name)}/environments/${encodeURIComponent(environment)}`;
  return client.put(path, { version_number, ...more });
}

export function rollBack(
  client: ApiClient,
  name: string,
  environment: string,
  reason = 'it was worse',
): Promise<ApiResponse<ApiBody>> {
  const path = `${promptPath(name)}/environments/${encodeURIComponent(environment)}:rollback`;
  return client.post(path, { reason });
}

export function setRules(
  client: ApiClient,
  environment: string,
  rules: ApiBody,
): Promise<ApiResponse<ApiBody>> {
  return client.put(`/v1/environments/${encodeURIComponent(environment)}`, rules);
}

export function run(
  client: ApiClient,
  prompt_name: string,
  environment: string | null,
  more: ApiBody = {},
): Promise<ApiResponse<Run>> {
  const body = { prompt_name, environment, variables: { x: 'you' }, model: ECHO, ...more };
  return client.post<Run>('/v1/executions:run', body);
}
