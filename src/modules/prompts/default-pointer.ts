/** The environment whose pointer is the active version. */
export const DEFAULT_POINTER = 'default';
