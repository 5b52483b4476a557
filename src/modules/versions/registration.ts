import type { PromptVersionEntity, StoredRegistration } from '../../entities/index.js';

/** Where one registration found a text in code. */
export type RegistrationFacts = Omit<StoredRegistration, 'registered_at'>;

/**
 * Returns the registration that best locates a version's text in code: the first one, or the latest if the first had no commit, or
 * uncommitted changes that may include the text. Null for a version that was not registered.
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
 * Returns whether to keep a registration as the latest one: not if it repeats what is known, nor if it lacks a commit and the latest has
 * one. (A deployment without git that starts from registered code must not hide the commit.) A registration from another repository is
 * always kept, because a prompt belongs to the repository that registered it last.
 */
export function isNewRegistration(facts: RegistrationFacts, latest: StoredRegistration | null): boolean {
  if (latest === null) return true;
  const isOfAnother = facts.repository !== null && facts.repository !== latest.repository;
  if (facts.commit === null && latest.commit !== null && !isOfAnother) return false;
  return FACTS.some((fact) => facts[fact] !== latest[fact]);
}

const FACTS = ['commit', 'branch', 'repository', 'dirty', 'file', 'line'] as const;
