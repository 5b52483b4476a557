import { ProjectPolicies } from './project-policies.js';
import type { ProjectsRepository, StoredPolicy } from './projects.repository.js';

const PROJECT = '01900000-0000-7000-8000-000000000000';

function world() {
  let nowMs = 0;
  let stored: StoredPolicy = { mask: null, defaultModel: null };
  let reads = 0;
  let hold: Promise<void> | undefined;
  const findPolicy = async () => {
    reads += 1;
    const found = stored;
    await hold;
    return found;
  };
  const policies = new ProjectPolicies({ findPolicy } as unknown as ProjectsRepository, {
    monotonicMs: () => nowMs,
  });
  return {
    policies,
    pass: (ms: number) => void (nowMs += ms),
    store: (next: StoredPolicy) => void (stored = next),
    holdReads: (until: Promise<void>) => void (hold = until),
    countReads: () => reads,
  };
}

describe('the policy of a project', () => {
  it('is what its settings say', async () => {
    const { policies, store } = world();
    store({ mask: ['email'], defaultModel: 'openai/org/model' });
    const { maskRules, defaultModel } = await policies.get(PROJECT);
    expect(maskRules?.covers('email', 'email')).toBe(true);
    expect(defaultModel).toEqual({ provider: 'openai', modelName: 'org/model' });
  });

  it('is read once for many who ask together, and renewed while it is used', async () => {
    const { policies, pass, countReads } = world();
    expect(policies.peek(PROJECT)).toBeNull();
    const [one, other] = await Promise.all([policies.get(PROJECT), policies.get(PROJECT)]);
    expect(one).toBe(other);
    expect(policies.peek(PROJECT)).toBe(one);
    expect(countReads()).toBe(1);
    pass(3000);
    expect(policies.peek(PROJECT)).toBe(one);
    expect(policies.peek(PROJECT)).toBe(one);
    await policies.get(PROJECT);
    expect(countReads()).toBe(2);
  });

  it('is never older than five seconds', async () => {
    const { policies, pass, store } = world();
    await policies.get(PROJECT);
    store({ mask: ['a'], defaultModel: null });
    pass(5000);
    expect(policies.peek(PROJECT)).toBeNull();
    expect((await policies.get(PROJECT)).maskRules).not.toBeNull();
  });

  it('is not kept when it was forgotten while it was being read', async () => {
    const { policies, store, holdReads } = world();
    let release: () => void = () => undefined;
    holdReads(new Promise((resolve) => (release = resolve)));
    const old = policies.get(PROJECT);
    policies.forget(PROJECT);
    store({ mask: ['a'], defaultModel: null });
    release();
    expect((await old).maskRules).toBeNull();
    expect(policies.peek(PROJECT)).toBeNull();
    expect((await policies.get(PROJECT)).maskRules).not.toBeNull();
  });
});
