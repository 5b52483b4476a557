import { BEGUN_FREELY, toBegun, toRefusal, type VerdictRow, warningHeaders } from './budget-verdict.js';

const row = (more: Partial<VerdictRow> = {}): VerdictRow => ({
  verdict: null,
  clamped_tokens: null,
  budget_id: null,
  budget_name: null,
  left_pico_usd: null,
  percent: null,
  warned_by: null,
  warned_by_name: null,
  ...more,
});

describe('a verdict', () => {
  it.each(['refused', 'unpriced', 'unbounded'] as const)(
    'of %s is a refusal that says which budget and what is left',
    (verdict) => {
      const refusal = toRefusal(
        row({ verdict, budget_id: 'b-1', budget_name: 'Growth, a day', left_pico_usd: '1500000000000' }),
      );
      expect(refusal).toMatchObject({
        code: 'BUDGET_EXCEEDED',
        status: 402,
        extensions: {
          budget_id: 'b-1',
          budget_name: 'Growth, a day',
          remaining_usd: '1.5',
          reason: verdict,
        },
      });
      expect(refusal?.message).toMatch(/^Budget "Growth, a day" has 1\.5 USD left/);
    },
  );

  it('tells of more money than a float holds to the last digit', () => {
    const refusal = toRefusal(row({ verdict: 'refused', budget_id: 'b', left_pico_usd: '9007199254740993' }));
    expect(refusal?.extensions).toMatchObject({ remaining_usd: '9007.199254740993' });
  });

  it('is a refusal though nobody says of which budget', () => {
    expect(toRefusal(row({ verdict: 'refused' }))?.extensions).toEqual({
      budget_id: '',
      budget_name: '',
      remaining_usd: '0',
      reason: 'refused',
    });
  });

  it.each(['free', 'held', 'clamped', null] as const)('of %s is none', (verdict) => {
    expect(toRefusal(row({ verdict }))).toBeNull();
  });
});

describe('what was held', () => {
  it('is nothing where nobody has a budget', () => {
    expect(toBegun(row(), false)).toEqual({ clampedTokens: null, warning: null, mayHaveDuties: false });
    expect(BEGUN_FREELY).toEqual(toBegun(row(), false));
  });

  it.each([
    ['held', false, true],
    ['clamped', false, true],
    ['free', false, false],
    ['free', true, true],
  ] as const)(
    'is a duty of the ending: %s, with a callback %s: %s',
    (verdict, hasCallback, mayHaveDuties) => {
      expect(toBegun(row({ verdict }), hasCallback)).toMatchObject({ mayHaveDuties });
    },
  );

  it('says to how many tokens the answer was brought down', () => {
    expect(toBegun(row({ verdict: 'clamped', clamped_tokens: 12 }), false)).toMatchObject({
      clampedTokens: 12,
    });
  });

  it.each([
    [0, false],
    [49, false],
    [50, true],
    [100, true],
    [1000, true],
  ])('at %i percent: a warning is %s', (percent, isWarned) => {
    const { warning } = toBegun(
      row({ verdict: 'held', percent, warned_by: 'b-1', warned_by_name: 'all' }),
      false,
    );
    expect(warning).toEqual(isWarned ? { budget: { id: 'b-1', name: 'all' }, percent } : null);
  });
});

describe('a warning', () => {
  it('needs a budget to name', () => {
    expect(toBegun(row({ verdict: 'held', percent: 80 }), false).warning).toBeNull();
    expect(toBegun(row({ verdict: 'held', warned_by: 'b-1' }), false).warning).toBeNull();
  });

  it('may be of one without a name', () => {
    const { warning } = toBegun(row({ verdict: 'held', percent: 80, warned_by: 'b-1' }), false);
    expect(warning).toEqual({ budget: { id: 'b-1', name: '' }, percent: 80 });
  });
});

describe('the header that warns', () => {
  it('is not there without a warning', () => {
    expect(warningHeaders(null)).toEqual({});
  });

  it.each([
    ['Growth, a day', 'name="Growth, a day"'],
    ['say "no" \\ stop', 'name="say \\"no\\" \\\\ stop"'],
    ['Budget für 東京', "name*=UTF-8''Budget%20f%C3%BCr%20%E6%9D%B1%E4%BA%AC"],
    ["l'été (a*b)", "name*=UTF-8''l%27%C3%A9t%C3%A9%20%28a%2Ab%29"],
    ['two\r\nlines: 1', "name*=UTF-8''two%0D%0Alines%3A%201"],
    ['', 'name=""'],
  ])('names the budget %j in characters that a header may have', (name, parameter) => {
    const header = warningHeaders({ budget: { id: 'b-1', name }, percent: 80 })['X-Budget-Warning'] ?? '';
    expect(header).toBe(`budget_id=b-1; percent=80; ${parameter}`);
    expect(() => new Headers({ 'X-Budget-Warning': header })).not.toThrow();
  });
});
