/** OpenAI's answers have no place for an arm. @param rollout as answers and problem documents of executions have it. */
export function rolloutHeaders(rollout: unknown): Readonly<Record<string, string>> {
  if (typeof rollout !== 'object' || rollout === null) return {};
  const { rollout_id: id, arm, phase } = rollout as Readonly<Record<string, unknown>>;
  return { 'X-Rollout-Id': String(id), 'X-Rollout-Arm': String(arm), 'X-Rollout-Phase': String(phase) };
}
