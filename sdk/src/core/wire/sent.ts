/** The type of a request that callers may write: an optional member may be `undefined`, which JSON omits. */
export type Sent<T> = { readonly [K in keyof T]: undefined extends T[K] ? T[K] | undefined : T[K] };
