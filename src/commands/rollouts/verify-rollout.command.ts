import type { RolloutDetail } from '../../../sdk/src/index.js';
import {
  compareJson,
  findContradictions,
  type JsonDifference,
  listMissingLooks,
  lookView,
  recomputeLooks,
} from '../../modules/rollouts/record/index.js';
import { EXIT, type ExitCode } from '../terminal/cli-error.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { formatCount } from '../terminal/format-count.js';
import { print, printJson } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';
import { readRecord } from './read-record.js';

const EVENTS_A_PAGE = 5000;
const LOOKS_A_PAGE = 200;
/** A look that differs often does so in many places. */
const MOST_SHOWN = 20;

interface LookDifference extends JsonDifference {
  readonly look: number;
}

/**
 * Recomputes every look from its events, on this machine. The looks are read first, so that events which arrive later are in none of them.
 * @returns 0 when all match their records, 1 when one differs or is missing, or when the rollout contradicts them.
 */
export async function verifyRolloutCommand(rolloutId: string, flags: LedgerFlags): Promise<ExitCode> {
  const ledger = await connect(flags);
  const before = await ledger.rollouts.get(rolloutId);
  const newestFirst = await ledger.rollouts.looks(rolloutId, { limit: LOOKS_A_PAGE }).all();
  const looks = [...newestFirst].reverse();
  const rollout = await ledger.rollouts.get(rolloutId);
  const progress = new Progress('events read');
  const events = [];
  for await (const event of ledger.rollouts.events(rolloutId, { limit: EVENTS_A_PAGE })) {
    events.push(event);
    progress.add(1);
  }
  progress.done();
  const missing = listMissingLooks(
    looks.map(({ look }) => look),
    before.look_count,
  );
  const contradictions = findContradictions({ before: toStage(before), after: toStage(rollout), looks });
  const differences = recomputeLooks(readRecord({ rollout, events, looks })).flatMap((expected, nth) => {
    const recorded = looks[nth];
    if (recorded === undefined) return [];
    const { look, ...figures } = recorded;
    return compareJson(figures, lookView(expected)).map((found): LookDifference => ({ look, ...found }));
  });
  if (flags.json === true) {
    await printJson({
      rollout_id: rolloutId,
      looks: looks.length,
      events: events.length,
      missing_looks: missing,
      contradictions,
      differences,
    });
  } else {
    await report({ differences, missing, contradictions, looks: looks.length, events: events.length });
  }
  return [differences, missing, contradictions].every(({ length }) => length === 0) ? EXIT.OK : EXIT.NO;
}

function toStage({ status, phases }: RolloutDetail) {
  return { status, steps: phases.length };
}

interface Verified {
  readonly differences: readonly LookDifference[];
  /** The numbers of the looks that were deleted. */
  readonly missing: readonly number[];
  /** Sentences about where the rollout contradicts its looks. */
  readonly contradictions: readonly string[];
  readonly looks: number;
  readonly events: number;
}

async function report({ differences, missing, contradictions, looks, events }: Verified): Promise<void> {
  const from = `${formatCount(looks, 'look')} computed again from ${formatCount(events, 'event')}`;
  if (missing.length > 0) {
    const shown = missing.slice(0, MOST_SHOWN).join(', ');
    const more = missing.length > MOST_SHOWN ? ' and more' : '';
    await print(
      `${formatCount(missing.length, 'look')} ${missing.length === 1 ? 'is' : 'are'} missing: ${shown}${more}`,
    );
  }
  for (const sentence of contradictions)
    await print(`The rollout is not what its looks have decided: ${sentence}.`);
  if (differences.length === 0) return print(`${from}: all as recorded.`);
  const wrong = new Set(differences.map(({ look }) => look)).size;
  await print(`${from}: ${formatCount(wrong, 'look')} ${wrong === 1 ? 'is' : 'are'} not as recorded.`);
  for (const { look, pointer, recorded, recomputed } of differences.slice(0, MOST_SHOWN)) {
    await print(`look ${look} ${pointer}: recorded ${toText(recorded)}, computed ${toText(recomputed)}`);
  }
  if (differences.length > MOST_SHOWN) await print(`… and ${differences.length - MOST_SHOWN} more`);
}

function toText(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
