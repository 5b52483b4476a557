import { randomBytes } from 'node:crypto';
import type { Role } from '../../src/entities/index.js';
import { api, type ApiBody, type ApiClient, type ApiResponse } from '../support/api-client.js';
import type { Stage } from './stage.js';

export interface KeyClient extends ApiClient {
  readonly key: string;
  readonly keyId: string;
  readonly made: ApiBody;
}

/** @throws Error unless the answer has this status, because a test whose setup failed must not continue. */
export function expectMade<T extends ApiBody>(answer: ApiResponse<T>, status = 201): T {
  if (answer.status !== status) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

/** Makes a key as this client, and returns a client that uses it. */
export async function makeKey(stage: Stage, maker: ApiClient, body: ApiBody): Promise<KeyClient> {
  const made = expectMade(await maker.post('/v1/keys', { name: 'a key', ...body }));
  return { ...toClient(stage, made) };
}

export function toClient(stage: Stage, made: ApiBody): KeyClient {
  const key = String(made['key']);
  return { ...api(stage.ledger.url, key), key, keyId: String(made['key_id']), made };
}

export async function makeUser(maker: ApiClient, body: ApiBody = {}): Promise<string> {
  const made = expectMade(await maker.post('/v1/users', { kind: 'service', name: 'a user', ...body }));
  return String(made['user_id']);
}

/** Makes a user who is a member with this role. @param maker an admin of the project. */
export async function makeMember(maker: ApiClient, role: Role, body: ApiBody = {}): Promise<string> {
  const userId = await makeUser(maker, body);
  expectMade(await maker.put(`/v1/members/${userId}`, { role }), 200);
  return userId;
}

/** Makes a member with this role, and returns a client with their key. */
export async function memberClient(
  stage: Stage,
  role: Role,
  grant: ApiBody = { role },
): Promise<KeyClient & { userId: string }> {
  const userId = await makeMember(stage.admin, role);
  return { ...(await makeKey(stage, stage.admin, { ...grant, user_id: userId })), userId };
}

export interface TestProject {
  readonly id: string;
  readonly name: string;
  /** Uses a key whose role is admin. */
  readonly admin: KeyClient;
}

export async function makeProject(stage: Stage, body: ApiBody = {}): Promise<TestProject> {
  const name = `project ${randomBytes(4).toString('hex')}`;
  const made = expectMade(await stage.admin.post('/v1/projects', { name, ...body }));
  const id = String(made['project_id']);
  const key = expectMade(await stage.admin.post(`/v1/projects/${id}/keys`, { name: 'admin', role: 'admin' }));
  return { id, name: String(made['name']), admin: toClient(stage, key) };
}
