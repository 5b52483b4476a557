import { type AuthorizedActor, SCOPES } from '../../../src/modules/auth/index.js';

/** The actor in tests of a service. Each test adds its own project. */
export const ACTOR: Omit<AuthorizedActor, 'projectId'> = {
  kind: 'instance',
  userId: null,
  keyId: null,
  name: 'test',
  origin: null,
  role: 'admin',
  scopes: new Set(SCOPES),
  overTeams: new Map(),
};
