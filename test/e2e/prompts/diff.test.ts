import { clientWith, otherProject } from '../other-project.js';
import { expectProblem, promptPath, putPrompt, type Stage, startStage } from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const diffOf = (name: string, query: string, client = stage.admin) =>
  client.get(`${promptPath(name)}/diff?${query}`);

describe('GET /v1/prompts/{name}/diff', () => {
  it('shows what changed between two versions of a text prompt', async () => {
    const { version: first } = await putPrompt(stage.admin, 'mails/welcome', 'Hello {{name}},\nwelcome!\n');
    const { version: second } = await putPrompt(stage.admin, 'mails/welcome', 'Hi {{name}},\nwelcome!\n');
    const answer = await diffOf('mails/welcome', 'from=1&to=2');
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({
      prompt_name: 'mails/welcome',
      kind: 'text',
      from: { version_number: 1, checksum_hash: first.checksum_hash },
      to: { version_number: 2, checksum_hash: second.checksum_hash },
      identical: false,
      unified:
        '--- mails/welcome (version 1)\n+++ mails/welcome (version 2)\n@@ -1,2 +1,2 @@\n-Hello {{name}},\n+Hi {{name}},\n welcome!\n',
      hunks: [
        {
          old_start: 1,
          old_lines: 2,
          new_start: 1,
          new_lines: 2,
          lines: [
            { type: 'removed', text: 'Hello {{name}},', old_line: 1, new_line: null },
            { type: 'added', text: 'Hi {{name}},', old_line: null, new_line: 1 },
            { type: 'context', text: 'welcome!', old_line: 2, new_line: 2 },
          ],
        },
      ],
    });
    const back = await diffOf('mails/welcome', 'from=2&to=1');
    expect(back.body['unified']).toContain('-Hi {{name}},\n+Hello {{name}},\n');
  });

  it('of a version with itself is empty', async () => {
    await putPrompt(stage.admin, 'same', 'x');
    const answer = await diffOf('same', 'from=1&to=1');
    expect(answer).toMatchObject({ status: 200, body: { identical: true, unified: '', hunks: [] } });
  });

  it('compares the messages of a chat prompt as a text with their roles', async () => {
    const system = { role: 'system', content: 'Be brief.' };
    await putPrompt(stage.admin, 'chat', [system, { role: 'user', content: 'Hi {{name}}' }]);
    await putPrompt(stage.admin, 'chat', [system, { role: 'assistant', content: 'Hi {{name}}' }]);
    const answer = await diffOf('chat', 'from=1&to=2');
    expect(answer.body).toMatchObject({ kind: 'chat', identical: false });
    expect(answer.body['unified']).toBe(
      '--- chat (version 1)\n+++ chat (version 2)\n@@ -1,6 +1,6 @@\n [system]\n Be brief.\n \n-[user]\n+[assistant]\n Hi {{name}}\n \n',
    );
  });

  it.each([
    ['', ['/from', '/to']],
    ['from=1', ['/to']],
    ['to=1', ['/from']],
    ['from=0&to=1', ['/from']],
    ['from=1&to=-1', ['/to']],
    ['from=1&to=1.5', ['/to']],
    ['from=1&to=x', ['/to']],
    ['from=1&to=', ['/to']],
    ['from=1&to=2147483648', ['/to']],
    ['from=1&from=1&to=1', ['/from']],
    ['from=1&to=1&context=9', ['/context']],
  ])('refuses the query "%s"', async (query, pointers) => {
    await putPrompt(stage.admin, 'asked', 'x');
    const answer = await diffOf('asked', query);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect((answer.body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('says which version there is not, and which prompt', async () => {
    await putPrompt(stage.admin, 'short', 'x');
    const missing = await diffOf('short', 'from=1&to=2');
    expectProblem(missing, 404, 'VERSION_NOT_FOUND');
    expect(missing.body['detail']).toContain('version 2 of prompt "short"');
    expectProblem(await diffOf('short', 'from=2&to=1'), 404, 'VERSION_NOT_FOUND');
    expectProblem(await diffOf('nobody', 'from=1&to=1'), 404, 'PROMPT_NOT_FOUND');
    expectProblem(await diffOf('short', 'from=1&to=1', await otherProject(stage)), 404, 'PROMPT_NOT_FOUND');
  });

  it('needs the scope prompts:read', async () => {
    const client = await clientWith(stage, ['executions:run']);
    expectProblem(await diffOf('short', 'from=1&to=1', client), 403, 'FORBIDDEN');
  });

  it('answers for templates of the largest size, or says that they have too many lines', async () => {
    // In JSON a newline takes two bytes.
    const large = (line: string) => `${line}\n`.repeat(Math.floor(1_000_000 / (line.length + 2)));
    await putPrompt(stage.admin, 'large', large('a'.repeat(60)));
    await putPrompt(stage.admin, 'large', large('b'.repeat(60)));
    await putPrompt(stage.admin, 'large', large(''));
    const answer = await diffOf('large', 'from=1&to=2');
    expect(answer.status).toBe(200);
    expect(answer.body['hunks']).toHaveLength(1);
    expectProblem(await diffOf('large', 'from=1&to=3'), 422, 'VERSIONS_TOO_LONG_TO_COMPARE');
  });
});
