import type { ExecutionErrorType } from '../../entities/index.js';
import { providerProblem } from './errors.js';

const MEMBERS = { execution_id: 'e', provider_status: 400, attempts: 1 };

function detailOf(kind: ExecutionErrorType, message: string): string {
  return providerProblem({ kind, message, retryAfterMs: null }, MEMBERS).message;
}

describe('what a failed call tells', () => {
  it.each<[ExecutionErrorType, string]>([
    ['provider_rejected', ' Change the prompt'],
    ['provider_error', ' Try again later'],
    ['rate_limited', ' Try again later'],
    ['connection', ' Try again later'],
    ['timeout', ' Try again, allow more time'],
  ])('keeps the words of the vendor and ours apart: %s', (kind, ours) => {
    expect(detailOf(kind, 'The provider answered 400: nope')).toContain(`400: nope.${ours}`);
    expect(detailOf(kind, 'The provider answered 400: Nope.')).toContain(`400: Nope.${ours}`);
    expect(detailOf(kind, 'The provider answered 400: is it on?')).toContain(`is it on?${ours}`);
    expect(detailOf(kind, 'The provider answered 400: 不行。')).toContain(`不行。${ours}`);
  });

  it.each([401, 403])('does not ask to change a request whose key was refused with %i', (status) => {
    const failure = {
      kind: 'provider_rejected' as const,
      message: 'The provider answered no.',
      retryAfterMs: null,
    };
    const { message } = providerProblem(failure, { ...MEMBERS, provider_status: status });
    expect(message).toContain('The provider refused the key');
    expect(message).not.toContain('Change the prompt');
  });
});
