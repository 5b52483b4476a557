import { ADMIN_KEY, promptPath, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { Person } from '../person.js';

const VERSIONS = 2_000;

let stage: Stage;
let person: Person;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'many', 'Version 1');
  const { body } = await stage.admin.get(promptPath('many'));
  await stage.sql(
    `INSERT INTO prompt_versions (project_id, prompt_id, version_number, template_source, checksum_hash, renderer, variables, commit_message)
     SELECT v.project_id, v.prompt_id, n, 'Version ' || n, encode(sha256(('Version ' || n)::bytea), 'hex'), v.renderer, v.variables, 'message ' || n
     FROM prompt_versions v, generate_series(2, ${VERSIONS}) AS n WHERE v.prompt_id = $1 AND v.version_number = 1`,
    [body['prompt_id']],
  );
  person = await Person.sitDown({ url: stage.ledger.url });
}, 120_000);
afterAll(async () => {
  await person.leave();
  await stage.close();
});

describe('the versions of a prompt that has thousands', () => {
  it('are laid out where they are in sight, and any of them is chosen', async () => {
    await person.openAs(ADMIN_KEY, '/prompts/many?tab=versions');
    const versions = person.page.getByRole('listitem').filter({ hasText: 'message' });
    await versions.first().waitFor();
    expect(await versions.count()).toBe(VERSIONS - 1);
    // Skipped content has no layout, so the elements inside have no boxes.
    const laidOut = await versions.evaluateAll(
      (items) =>
        items.filter((item) => item.firstElementChild?.checkVisibility({ contentVisibilityAuto: true }))
          .length,
    );
    expect(laidOut).toBeGreaterThan(0);
    expect(laidOut).toBeLessThan(100);
    await person.page.getByRole('button', { name: /^v3 / }).click();
    await person.page.getByRole('button', { name: /^v3 /, pressed: true }).waitFor();
    await person.page.getByText('Version 3', { exact: true }).first().waitFor();
  });
});
