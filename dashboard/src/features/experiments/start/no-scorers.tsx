import { Link } from '@tanstack/react-router';
import { buttonClass } from '../../../ui/controls/button';
import { EmptyState } from '../../../ui/empty-state';

/** Says how to make a first scorer. */
export function NoScorers() {
  return (
    <EmptyState
      title="No scorers yet"
      command={`curl -X PUT ${window.location.origin}/v1/scorers/expected-answer \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"kind": "check", "check": "contains"}'`}
      action={
        <Link to="/scorers/-/new" className={buttonClass()}>
          Make a scorer
        </Link>
      }
    >
      A scorer judges answers: a check, code, or a judge. Make one here, or with the API. This one passes
      where the expected answer is in the one that came:
    </EmptyState>
  );
}
