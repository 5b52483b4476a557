import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';

/** What the reader has to know about a property of a DTO class. */
export interface PropertyShape {
  /** The DTO class of its object or of each of its elements; `null` for scalars and free-form JSON. */
  readonly nested: Type<object> | null;
  /**
   * True when a validator speaks of `each` value. class-validator takes a single value there as well, so that
   * `"docs"` would pass for a list of strings.
   */
  readonly isArray: boolean;
  /** True when `@IsOptional()` lets null through. */
  readonly isNullable: boolean;
}

export type DtoShape = ReadonlyMap<string, PropertyShape>;

const shapes = new WeakMap<Type<object>, DtoShape>();

/**
 * The properties that a DTO class declares: those with a validator.
 *
 * @throws Error when a property has `@ValidateNested()` without `@Type()`: it would never be validated
 */
export function shapeOf(type: Type<object>): DtoShape {
  const known = shapes.get(type);
  if (known !== undefined) return known;
  const shape = readShape(type);
  shapes.set(type, shape);
  return shape;
}

function readShape(type: Type<object>): DtoShape {
  const storage = getMetadataStorage();
  const byProperty = storage.groupByPropertyName(
    storage.getTargetValidationMetadatas(type, '', false, false),
  );
  return new Map(
    Object.entries(byProperty).map(([property, validators]) => {
      const nesting = validators.find((validator) => validator.type === 'nestedValidation');
      return [
        property,
        {
          nested: nesting === undefined ? null : nestedTypeOf(type, property),
          isArray: validators.some((validator) => validator.each),
          isNullable: validators.some((validator) => validator.name === 'isOptional'),
        },
      ];
    }),
  );
}

/** class-transformer keeps what `@Type` names to itself, but shows it in what it makes of an empty object. */
function nestedTypeOf(type: Type<object>, property: string): Type<object> {
  const made: unknown = Reflect.get(plainToInstance(type, { [property]: {} }), property);
  const nested = typeof made === 'object' && made !== null ? made.constructor : Object;
  if (nested === Object) throw new Error(`${type.name}.${property} has @ValidateNested() and needs @Type()`);
  return nested as Type<object>;
}
