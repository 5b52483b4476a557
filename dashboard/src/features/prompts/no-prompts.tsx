import { Link } from '@tanstack/react-router';
import { buttonClass } from '../../ui/controls/button';
import { EmptyState } from '../../ui/empty-state';

/** Shows what to do about an empty list. */
export function NoPrompts({
  isNarrowed,
  mayPut,
}: {
  readonly isNarrowed: boolean;
  readonly mayPut: boolean;
}) {
  if (isNarrowed) {
    return (
      <EmptyState
        title="No prompt fits"
        action={
          <Link to="/prompts" search={{}} className={buttonClass()}>
            Show all prompts
          </Link>
        }
      >
        Take a filter away, or search for other words.
      </EmptyState>
    );
  }
  if (!mayPut)
    return (
      <EmptyState title="No prompts yet">
        Ask somebody who may edit prompts to write the first one.
      </EmptyState>
    );
  return (
    <EmptyState
      title="No prompts yet"
      command={`curl -X PUT ${window.location.origin}/v1/prompts/hello \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"template_source": "Say hello to {{name}}.", "set_active": true}'`}
      action={
        <Link to="/prompts/-/new" className={buttonClass('primary')}>
          Write the first prompt
        </Link>
      }
    >
      A prompt has a name and versions; each version is kept and found by its checksum. Write one here, or put
      one with the API:
    </EmptyState>
  );
}
