import type { CircuitPass } from '../../providers/index.js';
import { chooseTarget, hasFallback, storedTargets, type Target, type Targets } from './execution-targets.js';

const target = (modelName: string): Target => ({
  modelId: `id-${modelName}`,
  provider: 'v',
  modelName,
  price: null,
  maxTokens: null,
});
const TARGETS: Targets = [target('a'), target('b'), target('c')];

/** Returns circuits, some of them open for the given milliseconds, that record the models they were asked for. */
function circuitsWith(open: Readonly<Record<string, number>>) {
  const asked: string[] = [];
  const tryAcquire = (_projectId: string, _provider: string, modelName: string): CircuitPass => {
    asked.push(modelName);
    const retryAfterMs = open[modelName];
    return retryAfterMs === undefined
      ? { open: false, settle: () => undefined }
      : { open: true, retryAfterMs };
  };
  return { circuits: { tryAcquire }, asked };
}

describe('the next model', () => {
  it.each([
    [0, 'a'],
    [1, 'b'],
    [2, 'c'],
  ])('from %i on is %s, and no other is asked for', (start, name) => {
    const { circuits, asked } = circuitsWith({});
    expect(chooseTarget(circuits, 'a project', TARGETS, start)).toMatchObject({
      index: start,
      target: { modelName: name },
    });
    expect(asked).toEqual([name]);
  });

  it('is the one after those whose circuits are open', () => {
    const { circuits, asked } = circuitsWith({ a: 10, b: 10 });
    expect(chooseTarget(circuits, 'a project', TARGETS, 0)).toMatchObject({ index: 2 });
    expect(asked).toEqual(['a', 'b', 'c']);
  });

  it('is looked for round the circle', () => {
    const { circuits, asked } = circuitsWith({ b: 10, c: 10 });
    expect(chooseTarget(circuits, 'a project', TARGETS, 1)).toMatchObject({
      index: 0,
      target: { modelName: 'a' },
    });
    expect(asked).toEqual(['b', 'c', 'a']);
  });

  it('is none when all circuits are open, until the first of them is tried again', () => {
    const { circuits, asked } = circuitsWith({ a: 300, b: 100, c: 200 });
    expect(chooseTarget(circuits, 'a project', TARGETS, 2)).toEqual({ index: null, retryAfterMs: 100 });
    expect(asked).toEqual(['c', 'a', 'b']);
  });
});

it('keeps the models with the execution only where there is a choice', () => {
  expect(storedTargets([target('a')])).toBeNull();
  expect(storedTargets(TARGETS)).toEqual(
    ['a', 'b', 'c'].map((name) => ({ model_id: `id-${name}`, provider: 'v', model_name: name })),
  );
});

it('falls back from every model but the last', () => {
  expect(TARGETS.map((_, index) => hasFallback(TARGETS, index))).toEqual([true, true, false]);
  expect(hasFallback(['alone'], 0)).toBe(false);
});
