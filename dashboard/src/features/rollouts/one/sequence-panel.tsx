import type { RolloutComparison, RolloutDetail, RolloutPhase } from '@prompt-ledger/client';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { FoldedTable } from '../../../ui/chart/folded-table';
import { LegendEntry } from '../../../ui/chart/legend-entry';
import { Select } from '../../../ui/controls/field';
import { Panel } from '../../../ui/panel';
import { given, readWord } from '../../../ui/search-params';
import { count } from '../../../ui/text/format';
import { visibleText } from '../../../ui/text/visible-text';
import { writeBounds, writeEffect, writeEstimate, writeValue } from '../figures';
import { type RolloutSearch, SCALES } from '../rollouts-search';
import { writeDecision } from './looks-panel';
import { listPoints, nameMetric, type Scale, type SequencePoint } from './sequence-points';
import type { Looks } from './use-looks';

const route = getRouteApi('/rollouts/$id');

// The drawing code is loaded when there is something to draw.
const SequenceChart = lazy(async () => ({ default: (await import('./sequence-chart')).SequenceChart }));

/** Shows the effect of the candidate, look by look, against zero. */
export function SequencePanel({
  rollout,
  phase,
  looks: { looks },
}: {
  readonly rollout: RolloutDetail;
  readonly phase: RolloutPhase;
  readonly looks: Looks;
}) {
  const search = route.useSearch();
  const { comparisons } = phase;
  const comparison = comparisons.find((each) => nameMetric(each) === search.metric) ?? comparisons[0];
  if (comparison === undefined) return null;
  const scale = search.scale ?? (comparison.effect.relative.estimate === null ? 'absolute' : 'relative');
  return <Sequence rollout={rollout} phase={phase} comparison={comparison} scale={scale} looks={looks} />;
}

function Sequence({
  rollout,
  phase: { phase, comparisons },
  comparison,
  scale,
  looks,
}: {
  readonly rollout: RolloutDetail;
  readonly phase: RolloutPhase;
  readonly comparison: RolloutComparison;
  readonly scale: Scale;
  readonly looks: Looks['looks'];
}) {
  const navigate = route.useNavigate();
  const [hovered, setHovered] = useState<number | null>(null);
  const { metric, kind, role, direction, max_regression: most } = comparison;
  const points = useMemo(
    () => listPoints(looks, phase, nameMetric({ role, metric }), scale),
    [looks, phase, role, metric, scale],
  );
  const write = useCallback(
    (value: number) => writeEffect({ metric, kind }, scale, value),
    [metric, kind, scale],
  );
  const choose = (change: RolloutSearch) =>
    void navigate({ search: (before) => given({ ...before, ...change }), replace: true });
  const shown = (hovered === null ? undefined : points[hovered]) ?? points.at(-1);
  const threshold = scale === 'relative' ? (direction === 'up' ? -most : most) : 0;
  return (
    <Panel
      title="Effect of the candidate"
      note={`against v${rollout.control.version_number}; ${direction === 'up' ? 'above' : 'below'} zero is better`}
      aside={
        <span className="flex flex-wrap gap-2 font-normal">
          <Select
            aria-label="Step"
            value={phase}
            onChange={({ target }) => choose({ step: Number(target.value) })}
          >
            {rollout.phases.map(({ phase: number, percent }) => (
              <option key={number} value={number}>{`step ${number}, ${percent} %`}</option>
            ))}
          </Select>
          <Select
            aria-label="Metric"
            className="max-w-[220px]"
            value={nameMetric(comparison)}
            onChange={({ target }) => choose({ metric: target.value })}
          >
            {comparisons.map((each) => (
              <option key={nameMetric(each)} value={nameMetric(each)}>
                {visibleText(`${each.metric}, ${each.role}`)}
              </option>
            ))}
          </Select>
          <Select
            aria-label="Scale"
            value={scale}
            onChange={({ target }) => choose(given({ scale: readWord(target.value, SCALES) }))}
          >
            {SCALES.map((word) => (
              <option key={word}>{word}</option>
            ))}
          </Select>
        </span>
      }
    >
      <div className="flex min-h-6 flex-wrap items-center gap-x-3.5 gap-y-1 px-3.5 pt-2.5 text-[12px]">
        <LegendEntry
          colour="accent"
          title="Effect"
          value={shown === undefined ? '–' : writeEstimate(shown, write)}
        />
        <span className="text-ink-2">{shown === undefined ? '' : writeBounds(shown, write)}</span>
        {threshold !== 0 && (
          <LegendEntry colour="bad" title="Worse than allowed from" value={write(threshold)} />
        )}
        <span className="grow" />
        <span className="text-ink-3">
          {shown === undefined
            ? ''
            : `look ${count(shown.look.look)}, ${count(shown.units)} units with a value`}
        </span>
      </div>
      {points.length === 0 ? (
        <p className="m-0 px-3.5 py-8 text-center text-ink-3">Nobody has looked at this step yet.</p>
      ) : (
        <div className="min-h-[240px] px-2 pt-1">
          <Suspense fallback={null}>
            <SequenceChart points={points} threshold={threshold} write={write} onHover={setHovered} />
          </Suspense>
        </div>
      )}
      <FoldedTable
        title="Effect of the candidate"
        heads={['Look', 'Units', 'Control', 'Candidate', 'Effect', 'Bounds', 'Decided']}
        rows={() =>
          points.map((point) => (
            <PointRow key={point.look.look} point={point} comparison={comparison} write={write} />
          ))
        }
      />
    </Panel>
  );
}

function PointRow({
  point,
  comparison,
  write,
}: {
  readonly point: SequencePoint;
  readonly comparison: RolloutComparison;
  readonly write: (value: number) => string;
}) {
  const writeArm = (value: number) => writeValue(comparison, value);
  const { decision } = point.look;
  const cells = [
    count(point.units),
    writeEstimate(point.arms.control, writeArm),
    writeEstimate(point.arms.candidate, writeArm),
    writeEstimate(point, write),
    writeBounds(point, write),
    `${decision.kind.replaceAll('_', ' ')} ${writeDecision(decision)}`,
  ];
  return (
    <tr className="border-t">
      <td className="px-3.5 py-1">{count(point.look.look)}</td>
      {cells.map((text, at) => (
        <td key={`${at}`} className="px-3.5 py-1 text-right whitespace-nowrap tabular-nums">
          {text}
        </td>
      ))}
    </tr>
  );
}
