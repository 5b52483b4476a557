import { IsOptional, ValidateNested } from 'class-validator';
import { EntryDto, ThingDto } from './http.testkit.js';
import { shapeOf } from './dto-shape.js';

class ForgetfulDto {
  @IsOptional()
  @ValidateNested()
  child?: object;
}

describe('shapeOf', () => {
  it('finds the classes of nested objects and what is a list', () => {
    const shape = shapeOf(ThingDto);
    expect(shape.get('entries')).toEqual({ nested: EntryDto, isArray: true, isNullable: true });
    expect(shape.get('tags')).toEqual({ nested: null, isArray: true, isNullable: true });
    expect(shape.get('variables')).toEqual({ nested: null, isArray: false, isNullable: true });
    expect(shape.get('constructor')).toBeUndefined();
  });

  it('refuses a nested property whose class is not named', () => {
    expect(() => shapeOf(ForgetfulDto)).toThrow('ForgetfulDto.child has @ValidateNested() and needs @Type()');
  });
});
