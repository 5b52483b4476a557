/** OpenAI's answers have no member for an arm. @param rollout the member of an execution's answer or problem document. */
export function rolloutHeaders(rollout: unknown): Readonly<Record<string, string>> {
  if (typeof rollout !== 'object' || rollout === null) return {};
  const { rollout_id: id, arm, phase } = rollout as Readonly<Record<string, unknown>>;
  return { 'X-Rollout-Id': String(id), 'X-Rollout-Arm': String(arm), 'X-Rollout-Phase': String(phase) };
}
