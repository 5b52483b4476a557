import { ADMIN_KEY, ECHO, type Stage, startStage } from '../../e2e/stage.js';
import { makeKey, makeMember } from '../../e2e/people.js';
import {
  expectNoBarriers,
  expectNoBarriersInDialogs,
  type SeenDialog,
  type SeenScreen,
  WIDTHS,
} from './barriers.js';
import { Person } from '../person.js';

/** Covers all screens and dialogs one after the other, possibly on a busy machine. */
jest.setTimeout(240_000);

const SCREENS: readonly SeenScreen[] = [
  ['/audit', 'environment.put'],
  ['/audit?actor=nobody', 'No entry fits'],
  ['/keys', 'works'],
  ['/members', 'a user'],
  ['/teams', 'Support'],
  ['/settings', 'Save the settings'],
  ['/environments', 'by change'],
  ['/models', 'anthropic'],
  ['/prices', 'anthropic'],
  ['/routes', 'fast'],
  ['/provider-keys', 'sha256:'],
  ['/webhooks', 'Deliveries'],
  ['/projects', 'default'],
  ['/analytics', 'Support, a month'],
];
const DIALOGS: readonly SeenDialog[] = [
  ['/keys', 'Make a key', 'Works until'],
  ['/keys', 'a key', 'Requests a minute'],
  ['/members', 'Add a member', 'Email'],
  ['/teams', 'Support', 'Role over its prompts'],
  ['/environments', 'prod', 'Approvals needed'],
  ['/prices', 'Add a price', 'Valid from'],
  ['/routes', 'fast', 'Model 1'],
  ['/audit', 'environment.put', 'the instance'],
  ['/analytics', 'Make a budget', 'Callback'],
  ['/analytics', 'Change …', 'What it limits stays'],
  ['/analytics', 'Deliveries', 'no threshold was passed'],
];

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
  await makeMember(stage.admin, 'viewer');
  await makeKey(stage, stage.admin, { role: 'viewer' });
  await stage.admin.put('/v1/teams/Support', { role: 'editor', members: [] });
  await stage.admin.put('/v1/routes/fast', { targets: [ECHO] });
  await stage.admin.put('/v1/secrets/openai', { api_key: 'sk-own-key' });
  await stage.admin.put('/v1/environments/prod', { protected: true });
  await stage.admin.post('/v1/budgets', {
    name: 'Support, a month',
    scope: 'owner_team',
    scope_value: 'Support',
    period: 'month',
    limit_usd: '250',
    callback_url: 'https://hooks.example.com/budget',
  });
});
afterAll(() => stage.close());

describe.each(WIDTHS)('at %i pixels, in light and in dark', (width) => {
  it('no screen of those who govern, and no dialog, has a serious barrier', async () => {
    const person = await Person.sitDown({ url: stage.ledger.url, width });
    try {
      await person.openAs(ADMIN_KEY, '/audit');
      await expectNoBarriers(person, SCREENS);
      await expectNoBarriersInDialogs(person, DIALOGS);
      expect(await person.noted()).toEqual({ violations: [], executed: [], errors: [] });
    } finally {
      await person.leave();
    }
  });
});
