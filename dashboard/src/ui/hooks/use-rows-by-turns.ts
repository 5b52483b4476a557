import { useEffect, useState } from 'react';
import { extendSpan } from '../pages/extend-span';
import type { Span } from '../pages/rows';

/** Returns which rows of a range to render in full now. After a jump, the others follow in the next tasks, a few in each. */
export function useRowsByTurns(range: Span): Span {
  const [ready, setReady] = useState<Span>({ first: 0, end: 0 });
  const { first, end } = extendSpan(ready, range);
  useEffect(() => {
    if (first === ready.first && end === ready.end) return undefined;
    const turn = setTimeout(() => setReady({ first, end }));
    return () => clearTimeout(turn);
  }, [ready, first, end]);
  return { first, end };
}
