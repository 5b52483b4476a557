import type { Type } from '@nestjs/common';
import fc from 'fast-check';
import { ValidationError } from '../../../kernel/index.js';
import { readDto } from './dto-reader.js';
import { ThingDto, ThingQueryDto } from '../server/http.testkit.js';

const member = fc.constantFrom(
  'name',
  'environment',
  'variables',
  'git',
  'entries',
  'tags',
  'count',
  'commit',
  '__proto__',
  'constructor',
  'x',
);
/** Arbitrary JSON, mostly under names that the DTO knows. */
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, 0, -1, 1e308, '', 'a', 'dev', '\0', '__proto__'),
    fc.array(tie('json'), { maxLength: 4 }),
    fc
      .uniqueArray(fc.tuple(member, tie('json')), { selector: ([name]) => name, maxLength: 6 })
      .map(
        (members) =>
          JSON.parse(
            `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`,
          ) as unknown,
      ),
  ),
}));

describe('readDto', () => {
  it('answers any JSON with an instance or a ValidationError whose pointers are distinct', () => {
    const input = fc.oneof(
      json,
      json.map((value) => ({ name: 'a', environment: 'dev', entries: value })),
      json.map((value) => ({ name: 'a', environment: 'dev', git: value, tags: value })),
    );
    fc.assert(
      fc.property(input, fc.constantFrom<Type<object>>(ThingDto, ThingQueryDto), (value, type) => {
        try {
          expect(readDto(type, value, 'body')).toBeInstanceOf(type);
        } catch (error) {
          if (!(error instanceof ValidationError)) throw error;
          const pointers = error.errors?.map(({ pointer }) => pointer) ?? [];
          expect(pointers.length).toBeGreaterThan(0);
          expect(new Set(pointers).size).toBe(pointers.length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('passes free-form objects on by reference', () => {
    const variables = { constructor: { prototype: {} }, list: [1] };
    const input = { name: 'a', environment: 'dev', variables, entries: [{ name: 'b', variables }] };
    const thing = readDto(ThingDto, input, 'body');
    expect(thing.variables).toBe(variables);
    expect(thing.entries?.[0]?.variables).toBe(variables);
  });
});
