import { eventually } from '../../support/eventually.js';
import {
  EXPERIMENTS,
  putItems,
  putScorer,
  readExperiment,
  startExperiment,
  untilOver,
} from './experiments.js';
import { OPENAI, putPrompt, type Stage, startStage } from '../stage.js';

const ITEMS = 16;

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

interface Ended {
  readonly version_id: string;
  readonly prompt_name: string;
  readonly resolved_by: string;
  readonly rendered_prompt: string;
}

describe('an experiment whose prompts are deleted while it runs', () => {
  it('goes on with the versions that it pinned, of candidates and of judges', async () => {
    await putPrompt(stage.admin, 'deleted', 'Deleted: {{text}}');
    await putPrompt(stage.admin, 'made-anew', 'Before: {{text}}');
    await putPrompt(stage.admin, 'judging', 'Judge {{response_text}}');
    const names = ['deleted', 'made-anew', 'judging'];
    const items = Array.from({ length: ITEMS }, (_, at) => ({ variables: { text: `ticket ${at}` } }));
    await putItems(stage.admin, 'tickets', items);
    await putScorer(stage.admin, 'judged', { kind: 'judge', prompt_name: 'judging', model: OPENAI });
    stage.openai.behave({ kind: 'answer', text: '{"explanation": "fine", "value": 1}' });

    const model = 'echo/echo-slow-200ms';
    const { experiment_id: id } = await startExperiment(stage.admin, {
      name: 'pinned',
      dataset: { name: 'tickets' },
      candidates: ['deleted', 'made-anew'].map((name) => ({ label: name, prompt_name: name, model })),
      scorers: [{ name: 'judged' }],
      concurrency: 2,
    });
    const { candidates } = (await stage.admin.get(`${EXPERIMENTS}/${id}`)).body as {
      candidates: { prompt_name: string; version_id: string }[];
    };
    await eventually(async () => ((await readExperiment(stage.admin, id)).progress['succeeded'] ?? 0) > 0);
    for (const name of names) {
      expect(await stage.admin.delete(`/v1/prompts/${name}`)).toMatchObject({ status: 204 });
    }
    await putPrompt(stage.admin, 'made-anew', 'After: {{text}}');
    await putPrompt(stage.admin, 'judging', 'Give 1: {{response_text}}');
    expect((await readExperiment(stage.admin, id)).progress['queued']).toBeGreaterThan(0);

    expect(await untilOver(stage.admin, id)).toMatchObject({
      status: 'completed',
      progress: { succeeded: 2 * ITEMS, failed: 0 },
      summary: [
        { candidate: 'deleted', scorer: 'judged', n: ITEMS, errors: 0 },
        { candidate: 'made-anew', scorer: 'judged', n: ITEMS, errors: 0 },
      ],
    });
    const ended = await stage.sql<Ended>(
      `SELECT e.version_id, e.resolved_by, p.name AS prompt_name, i.rendered_prompt
       FROM executions e JOIN execution_inputs i USING (execution_id) JOIN prompts p USING (prompt_id)
       WHERE e.batch_id = $1`,
      [id],
    );
    for (const [at, begin] of ['Deleted: ', 'Before: '].entries()) {
      const { prompt_name, version_id } = candidates[at] ?? {};
      const own = ended.filter((execution) => execution.prompt_name === prompt_name);
      expect(own).toHaveLength(ITEMS);
      expect(new Set(own.map((execution) => execution.version_id))).toEqual(new Set([version_id]));
      expect(own.every(({ rendered_prompt: text }) => text.startsWith(begin))).toBe(true);
      expect(new Set(own.map((execution) => execution.resolved_by))).toEqual(new Set(['version_number']));
    }
    const judgements = ended.filter((execution) => execution.prompt_name === 'judging');
    expect(judgements).toHaveLength(2 * ITEMS);
    // The deletion changes nothing, because a judge is pinned by its content.
    expect(new Set(judgements.map((execution) => execution.resolved_by))).toEqual(new Set(['template_hash']));
    expect(judgements.every(({ rendered_prompt: text }) => text.startsWith('Judge '))).toBe(true);
  });

  it('cannot be begun with them', async () => {
    const body = {
      name: 'late',
      dataset: { name: 'tickets' },
      candidates: [{ label: 'a', prompt_name: 'deleted', version_number: 1 }],
      scorers: [{ name: 'judged' }],
    };
    expect(await stage.admin.post(EXPERIMENTS, body)).toMatchObject({
      status: 404,
      body: { code: 'PROMPT_NOT_FOUND' },
    });
  });
});
