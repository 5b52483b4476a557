import { LedgerError, ValidationError } from './index.js';

describe('LedgerError', () => {
  it('is named after its subclass and keeps what the problem document needs', () => {
    const error = new ValidationError('Send a name.', [{ pointer: '/name', message: 'is required' }]);
    expect(error).toBeInstanceOf(LedgerError);
    expect(error).toMatchObject({ name: 'ValidationError', code: 'VALIDATION_FAILED', status: 400 });
    expect(error.errors).toEqual([{ pointer: '/name', message: 'is required' }]);
    expect(error.retryable).toBe(false);
  });
});
