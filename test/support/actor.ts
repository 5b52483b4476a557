import type { Actor } from '../../src/modules/audit/index.js';

/** Who does something in a test of a service; the project is the test's own. */
export const ACTOR: Omit<Actor, 'projectId'> = {
  kind: 'instance',
  userId: null,
  keyId: null,
  actor: 'test',
  origin: null,
};
