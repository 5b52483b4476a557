import { summarizeAttempts } from './summarize-executions.js';

const attempt = (executionId: string, model: string, errorType: 'timeout' | null = null) => ({
  executionId,
  status: errorType === null ? ('succeeded' as const) : ('failed' as const),
  model,
  errorType,
});

describe('summarizeAttempts', () => {
  it('knows a model that was passed over, of which there is no attempt', () => {
    const executions = ['e3', 'e2', 'e1'].map((executionId) => ({
      executionId,
      passedOver: executionId === 'e1' ? null : 'a/first',
    }));
    const attempts = [
      attempt('e3', 'b/second'),
      attempt('e2', 'a/first', 'timeout'),
      attempt('e2', 'b/second'),
      attempt('e1', 'b/second', 'timeout'),
      attempt('e1', 'b/second'),
    ];
    const way = { from: 'a/first', to: 'b/second', count: 1 };
    expect(summarizeAttempts(executions, attempts)).toEqual({
      retries: [{ cause: 'timeout', count: 1, executionIds: ['e1'] }],
      fallbacks: [
        { ...way, cause: 'circuit_open', executionIds: ['e3'] },
        { ...way, cause: 'timeout', executionIds: ['e2'] },
      ],
    });
  });

  it('counts nothing of an answer from the cache', () => {
    expect(summarizeAttempts([{ executionId: 'e1', passedOver: 'a/first' }], [])).toEqual({
      retries: [],
      fallbacks: [],
    });
  });
});
