/** The service cannot start as configured. The message is one sentence for the operator, printed without a stack. */
export class ConfigurationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigurationError';
  }
}
