import { ApiError, type ProblemEntry, PromptLedgerError } from '@prompt-ledger/client';
import { ServiceProblem } from '../api/service-problem';
import { Button } from './controls/button';

export interface Told {
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly ProblemEntry[];
}

/** Describes an error, in the words of the service where it has any. */
export function tell(error: unknown): Told {
  if (error instanceof ApiError) {
    return { code: error.code, detail: error.message, errors: error.problem?.errors ?? [] };
  }
  if (error instanceof PromptLedgerError && error.code === 'CONNECTION_FAILED')
    return unreachable(error.code);
  if (error instanceof PromptLedgerError || error instanceof ServiceProblem) {
    return { code: error.code, detail: error.message, errors: [] };
  }
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) {
    return unreachable('CONNECTION_FAILED');
  }
  return { code: 'UNEXPECTED', detail: error instanceof Error ? error.message : String(error), errors: [] };
}

function unreachable(code: string): Told {
  return { code, detail: 'The service does not answer. Check that it runs, then try again.', errors: [] };
}

/** Shows an error with its code, and offers to try again. */
export function Problem({
  error,
  entries,
  onRetry,
}: {
  readonly error: unknown;
  /** The entries to show; defaults to all. */
  readonly entries?: readonly ProblemEntry[];
  readonly onRetry?: () => void;
}) {
  const { code, detail, errors: all } = tell(error);
  const errors = entries ?? all;
  return (
    <div role="alert" className="rounded-md bg-bad-soft px-3 py-2.5 text-bad">
      <p className="m-0 break-words">{detail}</p>
      {errors.length > 0 && (
        <ul className="m-0 mt-1 list-none p-0">
          {errors.map(({ pointer, message }) => (
            <li key={`${pointer} ${message}`} className="break-words">
              {pointer !== '' && <span className="mono">{pointer}</span>} {message}
            </li>
          ))}
        </ul>
      )}
      <p className="mono m-0 mt-1 flex items-center gap-3">
        {code}
        {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
      </p>
    </div>
  );
}
