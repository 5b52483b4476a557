import { pointerSegment } from '../../kernel/index.js';

/** An RFC 6901 pointer that is never cut: references are found by it. */
export function joinPointer(pointer: string, ...steps: readonly (string | number)[]): string {
  return (
    pointer + steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  );
}

/** The same pointer as it is answered, where a long key is cut. */
export function cutPointer(pointer: string): string {
  const steps = pointer.split('/').slice(1);
  return steps.map((step) => `/${pointerSegment(step.replaceAll('~1', '/').replaceAll('~0', '~'))}`).join('');
}
