import type { RolloutDto } from '../../../src/modules/rollouts/lifecycle/rollout.dto.js';
import {
  isFinal,
  ROLLOUT_ACTIONS,
  ROLLOUT_MOVES,
  type RolloutAction,
} from '../../../src/modules/rollouts/lifecycle/rollout-state.js';
import { type RolloutStatus, ROLLOUT_STATUSES } from '../../../src/entities/index.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { ROLLOUT_ENVIRONMENT, RolloutsWorld } from '../../support/worlds/rollouts-world.js';

let context: LedgerContext;
let world: RolloutsWorld;

beforeAll(async () => {
  context = await openLedgerContext();
  world = new RolloutsWorld(context);
});
afterAll(() => context.close());

const setCallbackUrl = (url: string | null) =>
  world.sql(
    `UPDATE projects SET settings = (coalesce(settings::jsonb, '{}') || jsonb_build_object('callback_url', $2::text))::json WHERE project_id = $1`,
    [context.projectId, url],
  );

/** Makes a rollout that reached a status through legal moves. */
async function bring(status: RolloutStatus): Promise<RolloutDto> {
  if (status === 'draft') return world.create(await world.makePrompt());
  const running = await world.start();
  const { rollout_id: id } = running;
  if (status === 'completed')
    await world.finish(await world.read(id), { outcome: status, reason: 'good', applies: false });
  const action: Partial<Record<RolloutStatus, RolloutAction>> = {
    paused: 'pause',
    rolled_back: 'roll_back',
    stopped: 'stop',
  };
  const wanted = action[status];
  if (wanted !== undefined) await world.act(id, wanted);
  return world.get(id);
}

const EXPECTED: Readonly<Record<RolloutAction, Readonly<Record<RolloutStatus, string>>>> = {
  start: {
    draft: 'running',
    running: 'running',
    paused: 'ROLLOUT_STATUS',
    completed: 'ROLLOUT_FINAL',
    rolled_back: 'ROLLOUT_FINAL',
    stopped: 'ROLLOUT_FINAL',
  },
  pause: {
    draft: 'ROLLOUT_STATUS',
    running: 'paused',
    paused: 'paused',
    completed: 'ROLLOUT_FINAL',
    rolled_back: 'ROLLOUT_FINAL',
    stopped: 'ROLLOUT_FINAL',
  },
  resume: {
    draft: 'ROLLOUT_STATUS',
    running: 'running',
    paused: 'running',
    completed: 'ROLLOUT_FINAL',
    rolled_back: 'ROLLOUT_FINAL',
    stopped: 'ROLLOUT_FINAL',
  },
  stop: {
    draft: 'stopped',
    running: 'stopped',
    paused: 'stopped',
    completed: 'ROLLOUT_FINAL',
    rolled_back: 'ROLLOUT_FINAL',
    stopped: 'stopped',
  },
  roll_back: {
    draft: 'ROLLOUT_STATUS',
    running: 'rolled_back',
    paused: 'rolled_back',
    completed: 'ROLLOUT_FINAL',
    rolled_back: 'rolled_back',
    stopped: 'ROLLOUT_FINAL',
  },
};

describe('a rollout', () => {
  it.each(ROLLOUT_STATUSES)('answers every action when it is %s', async (status) => {
    for (const action of ROLLOUT_ACTIONS) {
      const { rollout_id: id } = await bring(status);
      const before = await world.read(id);
      const answer = await world.act(id, action, 'why');
      const expected = EXPECTED[action][status];
      const after = await world.read(id);
      if (typeof answer === 'string') expect(`${action} ${answer}`).toBe(`${action} ${expected}`);
      else expect(answer.status).toBe(expected);
      const isMove = typeof answer !== 'string' && answer.status !== status;
      expect(after.fence - before.fence).toBe(isMove ? 1 : 0);
      if (isMove) {
        expect(ROLLOUT_MOVES[status]).toContain(answer.status);
        expect(answer).toMatchObject({ status_by: 'test', status_reason: 'why' });
        expect(answer.ended_at !== null).toBe(isFinal(answer.status));
      }
    }
  });

  it('keeps what was asked for, and the checksums of its arms', async () => {
    const rollout = await world.create(await world.makePrompt(), {
      steps: [{ percent: 1, hold_min: 60 }, { percent: 2.5 }, { percent: 50, hold_min: null }],
      primary: { metric: 'score:faithful', max_regression: null },
      guardrails: [
        { metric: 'latency_p95_ms', max_regression: 0.2 },
        { metric: 'outcome:refund', direction: 'down' },
      ],
    });
    expect(rollout).toMatchObject({
      status: 'draft',
      control: { version_number: 1 },
      candidate: { version_number: 2 },
      unit: 'unit_key',
      steps: [
        { percent: 1, hold_min: 60 },
        { percent: 2.5, hold_min: 0 },
        { percent: 50, hold_min: 0 },
      ],
      min_units: 100,
      primary: { metric: 'score:faithful', kind: 'yes_no', direction: 'up', max_regression: 0 },
      guardrails: [
        { metric: 'latency_p95_ms', kind: 'quantile', direction: 'down', max_regression: 0.2 },
        { metric: 'outcome:refund', kind: 'yes_no', direction: 'down', max_regression: 0 },
      ],
      alpha: 0.05,
      on_guardrail: 'roll_back',
      on_success: 'hold',
      phase: null,
      percent: 0,
      phases: [],
      started_at: null,
      ended_at: null,
    });
    expect(rollout.control.checksum_hash).not.toBe(rollout.candidate.checksum_hash);
  });

  it('warns of variables that only the candidate uses', async () => {
    const name = await world.makePrompt();
    await world.sql(
      `UPDATE prompt_versions SET variables = CASE version_number WHEN 1 THEN '{a}' ELSE '{a,b,c}' END::text[]
       WHERE prompt_id = (SELECT prompt_id FROM prompts WHERE name = $1)`,
      [name],
    );
    expect((await world.create(name)).warnings).toEqual([
      'Only the candidate uses b, c: requests of its units that do not send them are refused, and no guardrail sees that.',
    ]);
    expect((await world.create(await world.makePrompt())).warnings).toEqual([]);
  });

  it('takes the kind of a score from what its scorer says', async () => {
    const { projectId } = context;
    await world.sql(
      `WITH scorer AS (INSERT INTO scorers (project_id, name, kind) VALUES ($1, 'stars', 'human'), ($1, 'length', 'human'), ($1, 'mood', 'human') RETURNING scorer_id, name)
       INSERT INTO scorer_versions (project_id, scorer_id, version_number, definition, checksum_hash, created_by)
       SELECT $1, scorer_id, 1, CASE WHEN name <> 'mood' THEN '{"labels":null,"min":1,"max":5}' ELSE '{"labels":{"good":true}}' END::json,
         repeat('a', 64), 'test' FROM scorer`,
      [projectId],
    );
    const { primary, guardrails } = await world.create(await world.makePrompt(), {
      primary: { metric: 'score:stars' },
      guardrails: [
        { metric: 'score:mood' },
        { metric: 'score:length', kind: 'yes_no' },
        { metric: 'score:__proto__' },
      ],
    });
    expect([primary, ...guardrails].map(({ kind }) => kind)).toEqual([
      'number',
      'yes_no',
      'yes_no',
      'yes_no',
    ]);
  });

  it('reads a metric as one kind, wherever it was said', async () => {
    const name = await world.makePrompt();
    const [number, nothing] = [
      { metric: 'outcome:paid', kind: 'number' } as const,
      { metric: 'outcome:paid' },
    ];
    for (const [primary, guardrail] of [
      [number, nothing],
      [nothing, number],
    ] as const) {
      const rollout = await world.create(name, { primary, guardrails: [guardrail] });
      expect([rollout.primary, ...rollout.guardrails].map(({ kind }) => kind)).toEqual(['number', 'number']);
    }
    await expect(
      world.create(name, { primary: number, guardrails: [{ metric: 'outcome:paid', kind: 'yes_no' }] }),
    ).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ pointer: '/guardrails/0/kind', message: 'must be number as in primary' }],
    });
  });

  it.each(['score: ', 'score:a b', 'score:a\nb', 'outcome:outcome:paid', `outcome:${'x'.repeat(201)}`])(
    'is refused with the metric %j, which nothing can be recorded under',
    async (metric) => {
      await expect(world.create(await world.makePrompt(), { primary: { metric } })).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        errors: [{ pointer: '/primary/metric', message: expect.stringMatching(/^must end with the name/) }],
      });
    },
  );

  it('goes from step to step, and each has its time', async () => {
    const { rollout_id: id } = await world.start();
    expect(await world.get(id)).toMatchObject({
      phase: 1,
      percent: 10,
      phases: [{ phase: 1, ended_at: null }],
    });
    expect(await world.advance(await world.read(id))).toBe(true);
    const second = await world.get(id);
    expect(second).toMatchObject({ status: 'running', phase: 2, percent: 50 });
    expect(second.phases[0]?.ended_at).toEqual(expect.any(String));
    expect(second.phases[1]).toMatchObject({ phase: 2, percent: 50, ended_at: null });
    // The last step has no next one.
    expect(await world.advance(await world.read(id))).toBe(false);
    expect(await world.actionsOf(id)).toEqual(['rollout.create', 'rollout.start', 'rollout.advance']);
  });

  it('goes on in its step when it is resumed', async () => {
    const { rollout_id: id } = await world.start();
    await world.advance(await world.read(id));
    expect(await world.act(id, 'pause')).toMatchObject({ status: 'paused', phase: 2, percent: 0 });
    expect(await world.act(id, 'resume')).toMatchObject({ status: 'running', phase: 2, percent: 50 });
    expect((await world.get(id)).phases).toHaveLength(2);
  });

  it('gives the prompt a new revision with each change of the split, and with none besides', async () => {
    const name = await world.makePrompt();
    const { rollout_id: id } = await world.create(name);
    let last = await world.revisionOf(name);
    const expectNewRevision = async (isNew: boolean) => {
      const now = await world.revisionOf(name);
      expect(now > last).toBe(isNew);
      last = now;
    };
    await world.act(id, 'pause');
    await expectNewRevision(false);
    for (const action of ['start', 'pause', 'resume', 'roll_back'] as const) {
      await world.act(id, action);
      await expectNewRevision(true);
      await world.act(id, action);
      await expectNewRevision(false);
    }
  });

  it('is told to webhooks', async () => {
    await setCallbackUrl('http://127.0.0.1:9/hook');
    const { rollout_id: id } = await world.start();
    await world.advance(await world.read(id));
    await world.act(id, 'pause');
    await world.act(id, 'resume');
    await world.finish(await world.read(id), { outcome: 'rolled_back', reason: 'error_rate is bad' });
    await setCallbackUrl(null);
    const events = await world.sql<{ kind: string; body: { event: { type: string; data: object } } }>(
      'SELECT kind, body FROM outbox WHERE subject = $1 ORDER BY event_id',
      [id],
    );
    expect(events.map(({ kind }) => kind)).toEqual([
      'rollout.started',
      'rollout.advanced',
      'rollout.paused',
      'rollout.resumed',
      'rollout.rolled_back',
    ]);
    expect(events.at(-1)?.body.event).toMatchObject({
      type: 'rollout.rolled_back',
      data: { rollout_id: id, status: 'rolled_back', phase: 2, by: 'system', reason: 'error_rate is bad' },
    });
  });
});

describe('whoever decides', () => {
  it('states what was read, and anything else changes nothing', async () => {
    const { rollout_id: id, prompt_name: name } = await world.start();
    const read = await world.read(id);
    const revision = await world.revisionOf(name);
    const end = { outcome: 'rolled_back', reason: 'bad' } as const;
    for (const wrong of [
      { ...read, fence: read.fence - 1 },
      { ...read, fence: read.fence + 1 },
      { ...read, phase: 2 },
      { ...read, projectId: context.otherProjectId },
      { ...read, rolloutId: read.projectId },
    ]) {
      expect(await world.advance(wrong)).toBe(false);
      expect(await world.finish(wrong, end)).toBe(false);
      expect(await world.finish(wrong, { outcome: 'completed', reason: 'good' })).toBe(false);
    }
    expect(await world.read(id)).toEqual(read);
    expect(await world.revisionOf(name)).toBe(revision);
    expect(await world.finish(read, end)).toBe(true);
    expect(await world.finish(read, end)).toBe(false);
    expect(await world.advance(read)).toBe(false);
  });

  it.each(['draft', 'paused', 'completed', 'rolled_back', 'stopped'] as const)(
    'does nothing with one that is %s',
    async (status) => {
      const { rollout_id: id } = await bring(status);
      const read = await world.read(id);
      expect(await world.advance(read)).toBe(false);
      expect(await world.finish(read, { outcome: 'rolled_back', reason: 'bad' })).toBe(false);
      expect((await world.get(id)).status).toBe(status);
    },
  );

  it('rolls back: the pointer stays, and the moves say so', async () => {
    const { rollout_id: id, prompt_name: name } = await world.start();
    expect(await world.finish(await world.read(id), { outcome: 'rolled_back', reason: 'bad' })).toBe(true);
    expect(await world.get(id)).toMatchObject({
      status: 'rolled_back',
      status_by: 'system',
      status_reason: 'bad',
    });
    expect(await world.pointerOf(name)).toBe(1);
    expect(await world.movesOf(name)).toEqual(['1 → 1 by system (bad)']);
  });

  it('applies: the pointer moves, and the rollout was completed, not stopped', async () => {
    const { rollout_id: id, prompt_name: name } = await world.start({ on_success: 'apply' });
    expect(await world.finish(await world.read(id), { outcome: 'completed', reason: 'good' })).toBe(true);
    expect(await world.get(id)).toMatchObject({ status: 'completed', status_reason: 'good' });
    expect(await world.pointerOf(name)).toBe(2);
    expect(await world.movesOf(name)).toEqual(['1 → 2 by system (good)']);
    expect(await world.actionsOf(id)).toEqual(['rollout.create', 'rollout.start', 'rollout.complete']);
  });

  it('holds: it is completed, and the pointer stays', async () => {
    const { rollout_id: id, prompt_name: name } = await world.start();
    expect(await world.finish(await world.read(id), { outcome: 'completed', reason: 'good' })).toBe(true);
    expect((await world.get(id)).status).toBe('completed');
    expect([await world.pointerOf(name), await world.movesOf(name)]).toEqual([1, []]);
  });

  it('is one of two: the other finds that it has been decided', async () => {
    const { rollout_id: id, prompt_name: name } = await world.start({ on_success: 'apply' });
    const read = await world.read(id);
    const decisions = await Promise.all([
      world.finish(read, { outcome: 'rolled_back', reason: 'bad' }),
      world.finish(read, { outcome: 'completed', reason: 'good' }),
      world.advance(read),
      world.finish(read, { outcome: 'paused', reason: 'bad' }),
    ]);
    expect(decisions.filter(Boolean)).toHaveLength(1);
    expect((await world.read(id)).fence).toBe(read.fence + 1);
    expect((await world.movesOf(name)).length).toBeLessThanOrEqual(1);
  });

  it('waits for nobody who moves the pointer, whatever it has locked itself', async () => {
    const { rollout_id: id, prompt_name: name } = await world.start();
    const read = await world.read(id);
    const decided: boolean[] = [];
    let move: Promise<void> = Promise.resolve();
    await context.scope.transaction(read.projectId, async (tx) => {
      await tx.query('SELECT FROM rollouts WHERE rollout_id = $1 FOR UPDATE', [id]);
      // The move holds the prompt, and waits for the rollout that it has to stop.
      move = world.movePointer(name, 3);
      for (;;) {
        const waiting = await world.sql(`SELECT FROM pg_locks WHERE NOT granted`);
        if (waiting.length > 0) break;
      }
      decided.push(await world.transitions.finish(tx, read, { outcome: 'rolled_back', reason: 'bad' }));
    });
    await move;
    expect(decided).toEqual([false]);
    expect((await world.get(id)).status).toBe('stopped');
    expect(await world.movesOf(name)).toEqual(['1 → 3 by test']);
  });
});

describe('a rollout of a prompt and environment', () => {
  it('is one at a time', async () => {
    const name = await world.makePrompt();
    const ids = await Promise.all([1, 2, 3].map(async () => (await world.create(name)).rollout_id));
    const answers = await Promise.all(ids.map((id) => world.act(id, 'start')));
    expect(answers.filter((answer) => answer === 'ROLLOUT_ACTIVE')).toHaveLength(2);
    const started = answers.find((answer) => typeof answer !== 'string') as RolloutDto;
    await world.act(started.rollout_id, 'pause');
    const other = ids.find((id) => id !== started.rollout_id) as string;
    expect(await world.act(other, 'start')).toBe('ROLLOUT_ACTIVE');
    await world.act(started.rollout_id, 'stop');
    expect(await world.act(other, 'start')).toMatchObject({ status: 'running' });
  });

  it('starts once, however many ask for it', async () => {
    const { rollout_id: id } = await world.create(await world.makePrompt());
    const answers = await Promise.all(Array.from({ length: 8 }, () => world.act(id, 'start')));
    expect(answers.map((answer) => (typeof answer === 'string' ? answer : answer.status))).toEqual(
      Array.from({ length: 8 }, () => 'running'),
    );
    expect((await world.read(id)).fence).toBe(1);
    expect((await world.get(id)).phases).toHaveLength(1);
  });

  it('is stopped by whoever moves the pointer', async () => {
    const { rollout_id: id, prompt_name: name } = await world.start();
    await world.movePointer(name, 3);
    expect(await world.get(id)).toMatchObject({
      status: 'stopped',
      status_by: 'test',
      status_reason: 'the pointer of the environment was moved',
      percent: 0,
      phases: [{ ended_at: expect.any(String) as string }],
    });
    expect(await world.actionsOf(id)).toEqual(['rollout.create', 'rollout.start', 'rollout.stop']);
    // Moving the pointer back does not revive the rollout.
    await world.movePointer(name, 1);
    expect(await world.act(id, 'resume')).toBe('ROLLOUT_FINAL');
  });

  it('is stopped by a statement that moves many pointers, if its own is among them', async () => {
    const moved = [await world.start(), await world.start()];
    const touched = await world.start();
    const elsewhere = await world.start();
    const paused = await world.start();
    await world.act(paused.rollout_id, 'pause');
    await world.makePrompt();
    await world.sql(
      `UPDATE prompt_pointers pp SET moved_by = 'many', version_id = CASE WHEN p.name = $2 THEN pp.version_id ELSE (
         SELECT v.version_id FROM prompt_versions v WHERE v.prompt_id = p.prompt_id AND v.version_number = 3) END
       FROM prompts p WHERE p.project_id = $1 AND pp.project_id = $1 AND p.prompt_id = pp.prompt_id AND p.name <> $3`,
      [context.projectId, touched.prompt_name, elsewhere.prompt_name],
    );
    for (const { rollout_id: id } of [...moved, paused]) {
      expect(await world.get(id)).toMatchObject({ status: 'stopped', status_by: 'many' });
    }
    for (const { rollout_id: id } of [touched, elsewhere]) {
      expect(await world.get(id)).toMatchObject({ status: 'running' });
    }
  });

  it('is not started beside another pointer than its control', async () => {
    const name = await world.makePrompt();
    const { rollout_id: id } = await world.create(name);
    await world.movePointer(name, 3);
    expect(await world.act(id, 'start')).toBe('ROLLOUT_CONTROL_MOVED');
    await expect(world.create(name, { control: { version_number: 1 } })).rejects.toMatchObject({
      code: 'ROLLOUT_CONTROL_MOVED',
      status: 409,
    });
    await world.movePointer(name, 1);
    expect(await world.act(id, 'start')).toMatchObject({ status: 'running' });
  });

  it('ends once when it is rolled back while the pointer is moved, whoever is first', async () => {
    for (let nth = 0; nth < 10; nth += 1) {
      const { rollout_id: id, prompt_name: name } = await world.start();
      const read = await world.read(id);
      const [, byHand, byItself] = await Promise.all([
        world.movePointer(name, 3),
        nth % 2 === 0 ? world.act(id, 'roll_back', 'by hand') : null,
        world.finish(read, { outcome: 'rolled_back', reason: 'bad' }),
      ]);
      const { status } = await world.get(id);
      const moves = await world.movesOf(name);
      expect(await world.pointerOf(name)).toBe(3);
      expect(moves.at(-1)).toBe('1 → 3 by test');
      expect(moves.length).toBe(status === 'rolled_back' ? 2 : 1);
      if (byItself) expect(status).toBe('rolled_back');
      expect(['rolled_back', 'stopped']).toContain(status);
      if (status === 'stopped' && nth % 2 === 0) expect(byHand).toBe('ROLLOUT_FINAL');
      expect((await world.read(id)).fence).toBe(read.fence + 1);
    }
  });

  it('ends with its prompt, and when the environment is protected behind its back', async () => {
    const deleted = await world.start();
    const forgotten = await world.create(deleted.prompt_name);
    await world.sql('UPDATE prompts SET deleted_at = now() WHERE name = $1', [deleted.prompt_name]);
    expect(await world.get(deleted.rollout_id)).toMatchObject({
      status: 'stopped',
      status_reason: 'the prompt was deleted',
    });
    // The prompt of a rollout that is over no longer matters.
    expect(await world.act(deleted.rollout_id, 'stop')).toMatchObject({ status: 'stopped' });
    expect(await world.act(deleted.rollout_id, 'start')).toBe('ROLLOUT_FINAL');
    expect(await world.act(forgotten.rollout_id, 'start')).toBe('PROMPT_NOT_FOUND');
    expect(await world.act(forgotten.rollout_id, 'stop')).toMatchObject({ status: 'stopped' });
    const open = await world.start();
    const draft = await world.create(await world.makePrompt());
    const approved = await world.start();
    await world.sql('UPDATE rollouts SET change_id = ledger_uuid7() WHERE rollout_id = $1', [
      approved.rollout_id,
    ]);
    const protect = (isProtected: boolean) =>
      world.sql('UPDATE environments SET protected = $2 WHERE project_id = $1 AND name = $3', [
        context.projectId,
        isProtected,
        ROLLOUT_ENVIRONMENT,
      ]);
    await protect(true);
    expect((await world.get(open.rollout_id)).status).toBe('stopped');
    expect((await world.get(approved.rollout_id)).status).toBe('running');
    expect(await world.act(draft.rollout_id, 'start')).toBe('ENVIRONMENT_PROTECTED');
    expect(await world.act(approved.rollout_id, 'pause')).toMatchObject({ status: 'paused' });
    expect(await world.act(approved.rollout_id, 'resume')).toMatchObject({ status: 'running' });
    expect(await world.act(approved.rollout_id, 'roll_back')).toMatchObject({ status: 'rolled_back' });
    await protect(false);
  });
});
