import { ConfigurationError } from '../../config/index.js';
import { describeMissingRight } from './describe-missing-right.js';

const DENIED = Object.assign(new Error('permission denied for schema public'), { code: '42501' });
const OWNER = { name: 'Own er', quoted: '"Own er"' };

describe('a migration that lacks a right', () => {
  it.each([
    [
      { role_is_there: false, is_member: false },
      'CREATE ROLE prompt_ledger_app NOLOGIN NOBYPASSRLS; GRANT prompt_ledger_app TO "Own er";',
    ],
    [{ role_is_there: true, is_member: false }, 'As a superuser run: GRANT prompt_ledger_app TO "Own er";'],
    [{ role_is_there: true, is_member: true }, 'lacks a right: permission denied for schema public.'],
  ])('is described by what stands in its way: %j', async (standing, words) => {
    const described = await describeMissingRight(DENIED, () => Promise.resolve([{ ...OWNER, ...standing }]));
    expect(described).toBeInstanceOf(ConfigurationError);
    expect((described as Error).message).toContain(words);
  });

  it('is not seen in any other error', async () => {
    const other = Object.assign(new Error('syntax'), { code: '42601' });
    expect(await describeMissingRight(other, () => Promise.reject(new Error('not asked')))).toBe(other);
  });
});
