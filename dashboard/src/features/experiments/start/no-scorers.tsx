import { EmptyState } from '../../../ui/empty-state';

/** Says how to make a first scorer. */
export function NoScorers() {
  return (
    <EmptyState
      title="No scorers yet"
      command={`curl -X PUT ${window.location.origin}/v1/scorers/expected-answer \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"kind": "check", "check": "contains"}'`}
    >
      A scorer judges answers: a check, code, or a judge. This one passes where the expected answer is in the
      one that came:
    </EmptyState>
  );
}
