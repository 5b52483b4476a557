import { pointerSegment } from '../../kernel/index.js';

/** Joins an RFC 6901 pointer without ever cutting it, because references are resolved by it. */
export function joinPointer(pointer: string, ...steps: readonly (string | number)[]): string {
  return (
    pointer + steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  );
}

/** Returns the pointer as it is sent to clients, with long keys cut. */
export function cutPointer(pointer: string): string {
  const steps = pointer.split('/').slice(1);
  return steps.map((step) => `/${pointerSegment(step.replaceAll('~1', '/').replaceAll('~0', '~'))}`).join('');
}
