import * as classValidator from 'class-validator';
import type { ValidationError as PropertyFailure } from 'class-validator';

export const VALIDATION_OPTIONS = {
  forbidUnknownValues: true,
  validationError: { target: true, value: true },
};

/** Each element of an array is validated alone to find the failing ones. In a longer array, the array itself is named instead. */
const MAX_PROBED_ELEMENTS = 200;

/** When several checks of a property fail, the first of these says most; the others often follow from it. */
const TELLING = ['isString', 'isInt', 'isNumber', 'isBoolean', 'isObject', 'isArray'];

/** class-validator exports the name of each of its constraints, next to its functions and classes. */
const BUILT_IN = new Set<unknown>(Object.values(classValidator).filter((value) => typeof value === 'string'));

/** Returns one readable sentence whose subject is the pointer: `must be one of dev, staging`. */
export function describeFailure({ property, value, constraints = {} }: PropertyFailure): string {
  const [name, message] = chooseTelling(constraints);
  // A custom constraint, such as "exactly one of these two", has its own message for an absent value.
  if (value === undefined && BUILT_IN.has(name)) return 'is required';
  if (name === 'nestedValidation') return 'must be a JSON object';
  if (isAboutElements(message) && !Array.isArray(value)) return 'must be an array';
  return message
    .replace(`each value in ${property} `, 'each value ')
    .replace(message.startsWith(`${property} `) ? `${property} ` : '', '')
    .replace(/^All .+'s elements must be unique$/, 'must not hold a value twice')
    .replace('one of the following values: ', 'one of ')
    .replace('a number conforming to the specified constraints', 'a finite number');
}

/** Finds the elements of an array that fail an `each` constraint; class-validator itself names only the array. */
export function arrayFailures(failure: PropertyFailure): { index: number; message: string }[] {
  const { property, target, constraints = {} } = failure;
  const value: unknown = failure.value;
  const [name, message] = chooseTelling(constraints);
  if (!isAboutElements(message) || !Array.isArray(value) || value.length > MAX_PROBED_ELEMENTS) return [];
  const failing: { index: number; message: string }[] = [];
  value.forEach((element: unknown, index) => {
    if (!failsAlone(target ?? {}, property, element, name)) return;
    failing.push({ index, message: describeFailure(failure).replace(/^each value /, '') });
  });
  return failing;
}

function failsAlone(target: object, property: string, element: unknown, constraint: string): boolean {
  const prototype = Object.getPrototypeOf(target) as object;
  const probe = Object.assign(Object.create(prototype) as object, target, { [property]: [element] });
  return classValidator
    .validateSync(probe, VALIDATION_OPTIONS)
    .some((failure) => failure.property === property && failure.constraints?.[constraint] !== undefined);
}

function chooseTelling(constraints: Readonly<Record<string, string>>): readonly [string, string] {
  const all = Object.entries(constraints);
  return all.find(([name]) => TELLING.includes(name)) ?? all[0] ?? ['', 'is not valid'];
}

function isAboutElements(message: string): boolean {
  return message.startsWith('each value in ');
}
