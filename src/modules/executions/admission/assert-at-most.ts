import { ValidationError } from '../../../kernel/index.js';

/**
 * Holds a member of a request to a limit of the service.
 * @param variable the environment variable that sets the limit.
 * @throws ValidationError `VALIDATION_FAILED`
 */
export function assertAtMost(value: number, most: number, member: string, variable: string): void {
  if (value <= most) return;
  throw new ValidationError(`Send a ${member} of at most ${most}, the limit of this service (${variable}).`, [
    { pointer: `/${member}`, message: `must not be greater than ${most}` },
  ]);
}
