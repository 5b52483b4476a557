import { fullTime, timeAgo } from './format';

/** Shows how long ago something was, and the full time on hover. */
export function Time({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={fullTime(at)} className="whitespace-nowrap text-ink-3">
      {timeAgo(at)}
    </time>
  );
}
