import type { Type } from '@nestjs/common';

type Prepare = (body: unknown) => unknown;

const preparations = new WeakMap<object, Prepare>();

/**
 * Sets a function that prepares the body of a DTO class before validation, for clients that write the same thing in several ways. The
 * function must not modify its input.
 */
export function PreparedBody(prepare: Prepare): ClassDecorator {
  return (type) => void preparations.set(type, prepare);
}

/** Returns the body in the form that its DTO expects. */
export function prepareBody(type: Type<object>, body: unknown): unknown {
  const prepare = preparations.get(type);
  return prepare === undefined ? body : prepare(body);
}
