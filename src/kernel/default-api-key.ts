/** What an instance without settings of its own takes, and the command line tries on the same machine. It is published. */
export const DEFAULT_API_KEY = 'dev-key-change-in-production';
