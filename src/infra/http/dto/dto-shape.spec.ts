import { IntersectionType } from '@nestjs/swagger';
import { IsOptional, ValidateNested } from 'class-validator';
import { EntryDto, ThingDto } from '../server/http.testkit.js';
import { makeDto, describeShape } from './dto-shape.js';

class ForgetfulDto {
  @IsOptional()
  @ValidateNested()
  child?: object;
}

class NamedDto {
  @IsOptional()
  name?: string;
}

class CountedDto {
  @IsOptional()
  count = 7;
}

class BothDto extends IntersectionType(NamedDto, CountedDto) {}
class NamedTwiceDto extends IntersectionType(NamedDto, ForgetfulDto) {}

describe('makeDto', () => {
  it.each([NamedDto, CountedDto, BothDto, NamedTwiceDto])(
    'makes what the constructor of %p makes',
    (type) => {
      for (let round = 0; round < 2; round += 1) {
        const made = makeDto<object>(type);
        expect(made).toBeInstanceOf(type);
        expect(made.constructor).toBe(type);
        expect(made).toStrictEqual(new type());
      }
      expect(makeDto<object>(type)).not.toBe(makeDto<object>(type));
    },
  );
});

describe('shapeOf', () => {
  it('finds the classes of nested objects and what is a list', () => {
    const shape = describeShape(ThingDto);
    expect(shape.get('entries')).toEqual({
      nested: EntryDto,
      isArray: true,
      maxItems: 10_000,
      maxChars: null,
      isNullable: true,
    });
    expect(shape.get('tags')).toEqual({
      nested: null,
      isArray: true,
      maxItems: 10_000,
      maxChars: 5,
      isNullable: true,
    });
    expect(shape.get('variables')).toEqual({
      nested: null,
      isArray: false,
      maxItems: null,
      maxChars: null,
      isNullable: true,
    });
    expect(shape.get('constructor')).toBeUndefined();
  });

  it('refuses a nested property whose class is not named', () => {
    expect(() => describeShape(ForgetfulDto)).toThrow(
      'ForgetfulDto.child has @ValidateNested() and needs @Type()',
    );
  });
});
