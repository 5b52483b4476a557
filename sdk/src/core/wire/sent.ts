/** A request as callers may write it: what is left out may also be `undefined`, which JSON leaves out. */
export type Sent<T> = { readonly [K in keyof T]: undefined extends T[K] ? T[K] | undefined : T[K] };
