import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';

type ValidationMetadata = ReturnType<
  ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']
>[number];

/** The facts about a property of a DTO class that the reader needs. */
export interface PropertyShape {
  /** The DTO class of its object or of each of its elements; `null` for scalars and free-form JSON. */
  readonly nested: Type<object> | null;
  /** True when a validator has `each`. class-validator accepts a single value there too, so `"docs"` would pass for a list of strings. */
  readonly isArray: boolean;
  /** The most elements that the array may have; `null` for other properties. */
  readonly maxItems: number | null;
  /** The most characters that the text, or each element, may have; `null` when there is no bound. */
  readonly maxChars: number | null;
  /** True when `@IsOptional()` lets null through. */
  readonly isNullable: boolean;
}

export type DtoShape = ReadonlyMap<string, PropertyShape>;

const makers = new WeakMap<Type<object>, Type<object>>();

/**
 * Creates an instance of a DTO class. Most classes declare their properties without initial values, so their constructor is skipped. The
 * constructor of an `IntersectionType` class creates and inspects an instance of each part every time.
 */
export function makeDto<T extends object>(type: Type<T>): T {
  let maker = makers.get(type);
  if (maker === undefined) {
    maker = Object.keys(new type()).length === 0 ? makeEmptyMaker(type) : type;
    makers.set(type, maker);
  }
  return new maker() as T;
}

function makeEmptyMaker(type: Type<object>): Type<object> {
  // A function, because the prototype of a class cannot be set.
  const Empty = function () {} as unknown as { prototype: object };
  Empty.prototype = type.prototype as object;
  return Empty as unknown as Type<object>;
}

const shapes = new WeakMap<Type<object>, DtoShape>();

/**
 * Returns the properties that a DTO class declares, which are those with a validator.
 *
 * @throws Error when a property has `@ValidateNested()` without `@Type()`, because it would never be validated, or when an array has no
 *   `@ArrayMaxSize()`, because its elements are checked one by one and a body may hold millions
 */
export function describeShape(type: Type<object>): DtoShape {
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
      const isArray = validators.some((validator) => validator.each || validator.name === 'isArray');
      return [
        property,
        {
          nested: nesting === undefined ? null : readNestedType(type, property),
          isArray,
          maxItems: isArray ? readMaxItems(type, property, validators) : null,
          maxChars: readMaxChars(validators),
          isNullable: validators.some((validator) => validator.name === 'isOptional'),
        },
      ];
    }),
  );
}

function readMaxItems(
  type: Type<object>,
  property: string,
  validators: readonly ValidationMetadata[],
): number {
  const bounds = validators
    .filter((validator) => validator.name === 'arrayMaxSize')
    .map((validator) => Number((validator.constraints as unknown[])[0]));
  if (bounds.length === 0) throw new Error(`${type.name}.${property} is an array and needs @ArrayMaxSize()`);
  return Math.min(...bounds);
}

function readMaxChars(validators: readonly ValidationMetadata[]): number | null {
  const bounds = validators.flatMap(({ name, constraints }) => {
    const [first, second] = (constraints ?? []) as unknown[];
    if (name === 'maxLength') return [Number(first)];
    return name === 'isLength' && second !== undefined ? [Number(second)] : [];
  });
  return bounds.length === 0 ? null : Math.min(...bounds);
}

/** Finds the class named by `@Type`. class-transformer does not expose it, but instantiates it for an empty object. */
function readNestedType(type: Type<object>, property: string): Type<object> {
  const made: unknown = Reflect.get(plainToInstance(type, { [property]: {} }), property);
  const nested = typeof made === 'object' && made !== null ? made.constructor : Object;
  if (nested === Object) throw new Error(`${type.name}.${property} has @ValidateNested() and needs @Type()`);
  return nested as Type<object>;
}
