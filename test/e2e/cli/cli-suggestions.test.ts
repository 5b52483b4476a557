import { PromptLedger } from '../../../sdk/src/index.js';
import { cliOf } from '../cli.js';
import { ADMIN_KEY, putPrompt, type Stage, startStage } from '../stage.js';

const NAME = 'team/translate';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, NAME, 'Translate {{text}} into French and keep the line breaks.');
});
afterAll(() => stage.close());

it('prompt-ledger lists suggestions, dismisses them and makes drafts of them', async () => {
  const cli = cliOf(stage);
  const listed = await cli(['suggestions', NAME]);
  expect(listed).toMatchObject({ code: 0, stderr: '' });
  expect(listed.stdout).toContain('team/translate, version 1, from 0 of 0 executions of 30 days');
  expect(listed.stdout).toContain('warning "text" is in the middle of the instructions');
  expect(listed.stdout).toContain('/v1/prompts/team%2Ftranslate/versions/1');
  const [id = ''] = /1-[0-9a-f]{32}/.exec(listed.stdout) ?? [];

  const dismissed = await cli(['suggestions', 'dismiss', NAME, id, '--reason', 'trusted']);
  expect(dismissed).toMatchObject({ code: 0, stdout: `${id} is dismissed.\n` });
  expect((await cli(['suggestions', NAME])).stdout).toContain('Nothing to suggest.');
  expect((await cli(['suggestions', NAME, '--dismissed'])).stdout).toContain(id);
  expect(await cli(['suggestions', 'dismiss', NAME, id, '--undo'])).toMatchObject({
    stdout: `${id} is open.\n`,
  });

  const applied = await cli(['suggestions', 'apply', NAME, id]);
  expect(applied).toMatchObject({ code: 0, stdout: `${NAME}: version 2 has the patch, and is a draft.\n` });
  expect(await cli(['suggestions', 'apply', NAME, `1-${'0'.repeat(32)}`])).toMatchObject({ code: 1 });
  const { stdout } = await cli(['suggestions', 'list', NAME, '--version', '2', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ version_number: 2, suggestions: [] });
});

it('the client has them too', async () => {
  const ledger = new PromptLedger({ baseUrl: stage.ledger.url, apiKey: ADMIN_KEY });
  const { suggestions } = await ledger.suggestions.list(NAME);
  const [{ suggestion_id: id } = { suggestion_id: '' }] = suggestions;
  expect(await ledger.suggestions.dismiss(NAME, id)).toMatchObject({ status: 'dismissed' });
  expect((await ledger.suggestions.list(NAME, { include: 'dismissed' })).suggestions).toHaveLength(1);
  expect(await ledger.suggestions.restore(NAME, id)).toMatchObject({ status: 'applied' });
  expect(await ledger.suggestions.apply(NAME, id)).toMatchObject({ version: { version_number: 2 } });
});
