import type { Budget } from './budget.js';
import { toJson } from './values.js';

/** Returns the cost of writing a value. */
function costOf(value: Parameters<typeof toJson>[0], indent = 0): { steps: number; chars: number } {
  const cost = { steps: 0, chars: 0 };
  const budget = {
    spend: (steps: number) => (cost.steps += steps),
    spendChars: (chars: number) => (cost.chars += chars),
  };
  // Writing uses no other method of a budget.
  toJson(value, budget as unknown as Budget, indent);
  return cost;
}

describe('the JSON of a list', () => {
  it.each([0, 1, 9, 10, 11, 99, 100, 101, 1_005])(
    'costs what an object with its %d indexes costs',
    (length) => {
      const list = Array.from({ length }, (_, index) => (index % 3 === 0 ? 'text' : index));
      const object = Object.fromEntries(Object.entries(list));
      expect(costOf(list)).toEqual(costOf(object));
      expect(costOf([list], 2)).toEqual(costOf({ 0: object }, 2));
    },
  );
});
