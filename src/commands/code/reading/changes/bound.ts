import { type Origin, shift } from './origins.js';

/** What a call gives to a function. */
export interface Bound {
  /** By the position of the argument. */
  readonly given: readonly (readonly Origin[])[];
  /** What each further argument may be. */
  readonly rest?: readonly Origin[];
  /** What `this` may be. */
  readonly self: readonly Origin[];
  /** The arguments themselves, where the call is written. */
  readonly args?: readonly unknown[];
}

/** Joins what two calls give to the same function. */
export function mergeBound(one: Bound, other: Bound): Bound {
  const count = Math.max(one.given.length, other.given.length);
  return {
    given: Array.from({ length: count }, (_, at) => join(findGiven(one, at), findGiven(other, at))),
    rest: join(one.rest ?? [], other.rest ?? []),
    self: join(one.self, other.self),
  };
}

/** Keeps each origin once, because functions that pass one another on would double them with each call. */
function join(some: readonly Origin[], others: readonly Origin[]): readonly Origin[] {
  const isNew = ({ name, depth, below }: Origin) =>
    !some.some((each) => each.name === name && each.depth === depth && each.below === below);
  return [...some, ...others.filter(isNew)];
}

/** Says by the names of the caller what a function gives to one that it was given. */
export function rebind(
  { given, rest = [], self }: Bound,
  toOrigins: (name: string) => readonly Origin[],
): Bound {
  const translate = (origins: readonly Origin[]) =>
    origins.flatMap(({ name, depth, below }) =>
      shift(toOrigins(name), depth).map((origin) => ({ ...origin, below: Math.max(below, origin.below) })),
    );
  return { given: given.map(translate), rest: translate(rest), self: translate(self) };
}

export function findGiven({ given, rest = [] }: Bound, at: number): readonly Origin[] {
  return given[at] ?? rest;
}

/** Lists what a list of all arguments from a position on holds. */
export function findRest({ given, rest = [] }: Bound, from: number): readonly Origin[] {
  return shift([...given.slice(from).flat(), ...rest], -1);
}
