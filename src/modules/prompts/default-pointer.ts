/** The environment whose pointer selects the active version. */
export const DEFAULT_POINTER = 'default';
