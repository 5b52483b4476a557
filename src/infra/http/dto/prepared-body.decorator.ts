import type { Type } from '@nestjs/common';

type Prepare = (body: unknown) => unknown;

const preparations = new WeakMap<object, Prepare>();

/**
 * Class decorator of a body's DTO: what is made of a body before it is validated. For clients that write the same thing in
 * several ways; it must not change what it is given.
 */
export function PreparedBody(prepare: Prepare): ClassDecorator {
  return (type) => void preparations.set(type, prepare);
}

/** The body as its DTO wants it. */
export function prepareBody(type: Type<object>, body: unknown): unknown {
  const prepare = preparations.get(type);
  return prepare === undefined ? body : prepare(body);
}
