/** The published key of an unconfigured instance, which the command line tries on the same machine. */
export const DEFAULT_API_KEY = 'dev-key-change-in-production';
