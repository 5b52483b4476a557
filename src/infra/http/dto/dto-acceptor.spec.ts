import { IsInt, IsString, validateSync, ValidateBy, ValidateIf } from 'class-validator';
import fc from 'fast-check';
import { isAcceptable } from './dto-acceptor.js';
import { VALIDATION_OPTIONS } from './dto-failures.js';
import { EntryDto, GitDto, ThingDto } from '../server/http.testkit.js';

class ConditionalDto {
  @ValidateIf((dto: ConditionalDto) => dto.kind !== 'free')
  @IsInt()
  count?: unknown;

  @IsString()
  kind?: unknown;
}

class PromisingDto {
  @ValidateBy({ name: 'later', validator: { validate: () => Promise.resolve(false) } })
  value?: unknown;
}

class InheritingDto extends ConditionalDto {
  @IsInt({ validateIf: () => false })
  other?: unknown;
}

const make = <T extends object>(type: new () => T, values: object): T => Object.assign(new type(), values);
const anything = fc.oneof(
  fc.constantFrom(undefined, null, '', 'a', 'dev', 'free', 0, 1, -1, 1.5, true),
  fc.array(fc.constantFrom('a', 'toolong', 1, null), { maxLength: 3 }),
  fc.constant({}),
);
const git = fc
  .record({ commit: anything, dirty: anything }, { requiredKeys: [] })
  .map((it) => make(GitDto, it));
const entry = fc
  .record({ name: anything, variables: anything }, { requiredKeys: [] })
  .map((it) => make(EntryDto, it));
const thing = fc
  .record(
    {
      name: fc.oneof(fc.constant('a'), anything),
      environment: fc.oneof(fc.constant('dev'), anything),
      variables: anything,
      git: fc.oneof(git, fc.constantFrom(undefined, null)),
      entries: fc.oneof(fc.array(entry, { maxLength: 3 }), fc.constantFrom(undefined, null)),
      tags: anything,
      count: fc.oneof(fc.constant(1), anything),
    },
    { requiredKeys: ['name', 'environment'] },
  )
  .map((it) => make(ThingDto, it));
const conditional = fc.record({ count: anything, kind: anything }).map((it) => make(ConditionalDto, it));

describe('isAcceptable', () => {
  it('says what class-validator says', () => {
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(fc.oneof(thing, conditional), (dto) => {
        const isFaultless = validateSync(dto, VALIDATION_OPTIONS).length === 0;
        seen.add(isFaultless);
        expect(isAcceptable(dto.constructor as new () => object, dto)).toBe(isFaultless);
      }),
      { numRuns: 2_000 },
    );
    expect(seen.size).toBe(2);
  });

  it('leaves to class-validator what answers later, and what it does not know', () => {
    expect(isAcceptable(PromisingDto, make(PromisingDto, { value: 1 }))).toBe(false);
    expect(isAcceptable(InheritingDto, make(InheritingDto, { count: 1, kind: 'x', other: 1 }))).toBe(false);
  });
});
