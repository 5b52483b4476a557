/** Returns a setting from the environment that the global setup made. */
export function testSetting(
  name: 'LEDGER_TEST_POSTGRES_URL' | 'LEDGER_TEST_REDIS_URL' | 'LEDGER_TEST_RUN' | 'LEDGER_TEST_START',
): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set: this test stands in a project of jest.config.cjs without servers.`);
  }
  return value;
}
