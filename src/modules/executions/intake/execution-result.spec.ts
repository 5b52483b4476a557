import fc from 'fast-check';
import { admittedFor } from '../../../../test/support/rows/admitted.js';
import type { Completion } from '../../providers/index.js';
import { toExecutionResult } from './execution-result.js';
import { computeCost } from '../record/index.js';
import type { Target } from '../admission/execution-targets.js';
import { executionSummary } from '../reads/execution-views.js';

const count = fc.option(fc.nat(), { nil: null });
const completions = fc.record({
  text: fc.string({ unit: 'grapheme' }),
  truncated: fc.boolean(),
  totalBytes: fc.nat(),
  sha256: fc.constant('ab'),
  toolCalls: fc.array(fc.record({ id: fc.string(), name: fc.string(), arguments: fc.string() }), {
    maxLength: 2,
  }),
  refusal: fc.constant(null),
  finishReason: fc.option(fc.string(), { nil: null }),
  usage: fc.record(
    { promptTokens: count, responseTokens: count, cachedPromptTokens: count, reasoningTokens: count },
    { requiredKeys: ['promptTokens', 'responseTokens'] },
  ),
  providerRequestId: fc.constant(null),
  servedModelName: fc.constant(null),
  firstTokenMs: count,
  latencyMs: fc.nat(),
  extras: fc.constant(null),
}) as fc.Arbitrary<unknown> as fc.Arbitrary<Completion>;
const price = fc.record({
  priceId: fc.constant('price'),
  inputMicrosPerMtok: fc.bigInt(0n, 10_000_000n),
  cachedInputMicrosPerMtok: fc.option(fc.bigInt(0n, 10_000_000n), { nil: null }),
  outputMicrosPerMtok: fc.bigInt(0n, 10_000_000n),
  maxPromptTokens: count,
}) as fc.Arbitrary<unknown> as fc.Arbitrary<NonNullable<Target['price']>>;

describe('resultOf', () => {
  it('tells what the summary of the row will tell, byte for byte and in the same order', () => {
    const ids = { promptId: 'p', versionId: 'v', modelId: 'm' };
    const version = { ...ids, promptMode: 'full', versionNumber: 3, checksumHash: 'cd' };
    const prompt = { name: 'greeting', version, revision: 1, resolvedBy: 'pointer' };
    const facts = fc.record({
      prompt: fc.constantFrom(prompt, null) as fc.Arbitrary<never>,
      routeName: fc.constantFrom(null, 'cheap'),
      correlationId: fc.constantFrom(null, 'ü"\\'),
      metadata: fc.constantFrom(null, { user: 'ü"\\', 'a.b': '' }),
      arm: fc.constantFrom(null, {
        rollout_id: 'r',
        arm: 'candidate' as const,
        phase: 2,
        unit: null,
        bucket: 0.5,
      }),
    });
    fc.assert(
      fc.property(completions, fc.option(price, { nil: null }), facts, (completion, itsPrice, changes) => {
        const admitted = admittedFor(ids, changes);
        const target = { ...admitted.targets[0], price: itsPrice };
        const createdAt = new Date(1_700_000_000_000.5);
        const completedAt = new Date(1_700_000_001_234);
        const { usage, toolCalls } = completion;
        const { costPicoUsd, priceId } = computeCost(completion, itsPrice);
        const { metadata, rollout, ...summary } = executionSummary({
          executionId: 'e',
          status: 'succeeded',
          mode: 'sync',
          origin: 'ledger',
          promptName: changes.prompt === null ? null : prompt.name,
          versionNumber: changes.prompt === null ? null : version.versionNumber,
          checksumHash: changes.prompt === null ? null : version.checksumHash,
          environment: 'dev',
          resolvedBy: changes.prompt === null ? null : 'pointer',
          provider: 'echo',
          modelName: 'echo',
          routeName: changes.routeName,
          finishReason: completion.finishReason,
          promptTokens: usage.promptTokens,
          responseTokens: usage.responseTokens,
          cachedPromptTokens: usage.cachedPromptTokens ?? null,
          reasoningTokens: usage.reasoningTokens ?? null,
          firstTokenMs: completion.firstTokenMs,
          latencyMs: completion.latencyMs,
          costPicoUsd: costPicoUsd?.toString() ?? null,
          priceId,
          cacheHit: false,
          cachedFrom: null,
          correlationId: changes.correlationId,
          metadata: changes.metadata,
          rollout: changes.arm,
          batchId: null,
          errorType: null,
          createdAt,
          startedAt: createdAt,
          completedAt,
        });
        const expected = {
          ...summary,
          response_text: completion.text,
          response_truncated: completion.truncated,
          response_sha256: completion.sha256,
          tool_calls: toolCalls.length === 0 ? null : toolCalls,
          ...(metadata === undefined ? {} : { metadata }),
          ...(rollout === undefined ? {} : { rollout }),
        };
        const result = toExecutionResult(
          { executionId: 'e', admitted, createdAt },
          target,
          completion,
          completedAt,
        );
        expect(JSON.stringify(result)).toBe(JSON.stringify(expected));
      }),
      { numRuns: 500 },
    );
  });
});
