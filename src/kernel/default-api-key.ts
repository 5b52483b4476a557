/** The key of an instance without settings of its own, which the command line tries on the same machine. It is published. */
export const DEFAULT_API_KEY = 'dev-key-change-in-production';
