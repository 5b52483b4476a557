import type { PromptVersionEntity, StoredRegistration } from '../../entities/index.js';

/** One registration's account of where a text stood in code. */
export type RegistrationFacts = Omit<StoredRegistration, 'registered_at'>;

/**
 * The registration that leads to a version's text in code: the first one, unless nobody can check that out, because it
 * had no commit or its text may have stood in none; then the latest. Null for a version that was not registered.
 */
export function toRegistration({
  firstRegistration: first,
  latestRegistration: latest,
}: Pick<PromptVersionEntity, 'firstRegistration' | 'latestRegistration'>): StoredRegistration | null {
  if (first === null || latest === null) return first ?? latest;
  const leadsThere = first.commit !== null && first.dirty !== true;
  return leadsThere || latest.commit === null ? first : latest;
}

/**
 * Whether a registration is to be kept as the latest one: not when it tells what is known, nor when it knows no commit
 * and the latest does. (A deployment without git, that starts from what was registered with it, must not hide it.) Who names
 * another repository is kept all the same: a prompt belongs to the repository that registered it last.
 */
export function isNewRegistration(facts: RegistrationFacts, latest: StoredRegistration | null): boolean {
  if (latest === null) return true;
  const isOfAnother = facts.repository !== null && facts.repository !== latest.repository;
  if (facts.commit === null && latest.commit !== null && !isOfAnother) return false;
  return FACTS.some((fact) => facts[fact] !== latest[fact]);
}

const FACTS = ['commit', 'branch', 'repository', 'dirty', 'file', 'line'] as const;
