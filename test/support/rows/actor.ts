import { type AuthorizedActor, SCOPES } from '../../../src/modules/auth/index.js';

/** The actor in tests of a service; the project is the test's own. */
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
