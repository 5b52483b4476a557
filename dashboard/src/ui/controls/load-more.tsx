import { Problem } from '../problem';

/** Below a paged list, says that more is loading or, wherever one is in it, that a page could not be read. */
export function LoadMore({
  isLoading,
  error,
  onRetry,
}: {
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly onRetry: () => void;
}) {
  if (error !== null) {
    return (
      <div className="sticky bottom-0 left-0 border-t bg-panel p-3">
        <Problem error={error} onRetry={onRetry} />
      </div>
    );
  }
  return isLoading ? (
    <p role="status" className="m-0 px-3 py-2 text-ink-3">
      Loading …
    </p>
  ) : null;
}
