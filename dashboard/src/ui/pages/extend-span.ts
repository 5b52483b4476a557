import type { Span } from './rows';

/** The number of new rows that one task renders, so that a jump through a long list does not block the page. */
const AT_ONCE = 18;

/**
 * Returns the rows to render in full next: those of the range that are ready, and a few more around them. If none is ready, it begins with
 * rows in sight: the first of the list, or the middle of the range.
 */
export function extendSpan(ready: Span, { first, end }: Span): Span {
  const kept = { first: Math.max(first, ready.first), end: Math.min(end, ready.end) };
  if (kept.first >= kept.end) {
    const start = first === 0 ? 0 : Math.max(first, Math.floor((first + end - AT_ONCE) / 2));
    return { first: start, end: Math.min(end, start + AT_ONCE) };
  }
  const last = Math.min(end, kept.end + AT_ONCE);
  return { first: Math.max(first, kept.first - (AT_ONCE - (last - kept.end))), end: last };
}
