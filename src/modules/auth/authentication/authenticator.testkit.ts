import { AppConfig, Environment } from '../../../infra/config/index.js';
import { Clock } from '../../../kernel/index.js';
import { ProjectNotFoundError, type ProjectsService } from '../../projects/index.js';
import { Authenticator } from './authenticator.js';
import { KeyLookups } from './key-lookups.js';
import { formatKey, newSecret } from './key-secret.js';
import type { KeyRecord, KeysRepository } from './keys.repository.js';
import type { KeyOwner } from '../roles/rights.js';
import { SecretHasher } from './secret-hasher.js';

export const KEY_ID = '01a204f2-89d6-751a-a4fa-d9b1aa7b92e1';
export const PROJECT_ID = '01a204f2-89d6-751a-a4fa-d9b1aa7b92e2';
export const config = new AppConfig(new Environment(), {
  databaseUrl: '',
  keyHashSecret: 'pepper',
  embedded: true,
});
export const hasher = new SecretHasher(config);

class SetClock extends Clock {
  nowMs = 0;
  monotonicMs(): number {
    return this.nowMs;
  }
}

export function setUp(overrides: Partial<KeyRecord> = {}) {
  const secret = newSecret();
  const record: KeyRecord = {
    projectId: PROJECT_ID,
    projectName: 'shop',
    keyId: KEY_ID,
    name: 'checkout',
    role: null,
    owner: null,
    previousSecretHmac: null,
    secretHmac: hasher.hash(secret),
    scopes: ['prompts:read', 'a scope of a later release'],
    valid: true,
    rateLimits: { requestsPerMinute: 100, tokensPerMinute: null },
    ancestors: [],
    ...overrides,
  };
  const keys = {
    stored: record as KeyRecord | null,
    lookUps: 0,
    findForAuthentication(keyIds: readonly string[]) {
      this.lookUps += 1;
      return Promise.resolve(this.stored !== null && keyIds.includes(this.stored.keyId) ? [this.stored] : []);
    },
    touches: 0,
    touch() {
      this.touches += 1;
      return Promise.resolve();
    },
  };
  const clock = new SetClock();
  const projects = {
    defaultProjectId: null as string | null,
    getDefaultProjectId() {
      this.defaultProjectId = 'default-project';
      return Promise.resolve(this.defaultProjectId);
    },
    get(name: string) {
      if (name !== 'shop') return Promise.reject(new ProjectNotFoundError(name));
      return Promise.resolve({ projectId: PROJECT_ID, name });
    },
  };
  const authenticator = new Authenticator(
    config,
    hasher,
    keys as unknown as KeysRepository,
    new KeyLookups(keys as unknown as KeysRepository, clock),
    projects as unknown as ProjectsService,
    clock,
  );
  return { authenticator, keys, clock, record, key: formatKey({ keyId: KEY_ID, secret }) };
}

export function owner(changes: Partial<KeyOwner> = {}): KeyOwner {
  return {
    userId: 'ada',
    kind: 'person',
    name: 'Ada',
    isDisabled: false,
    role: 'editor',
    teamRoles: new Map(),
    ...changes,
  };
}
