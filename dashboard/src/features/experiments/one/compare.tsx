import type { ExperimentComparison, ExperimentDetail, Verdict } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ledger } from '../../../api/ledger';
import { Chip, type ChipTone } from '../../../ui/chip';
import { Select } from '../../../ui/controls/field';
import { Fact, Facts, Panel } from '../../../ui/panel';
import { Problem } from '../../../ui/problem';
import { count } from '../../../ui/text/format';
import { visibleText } from '../../../ui/text/visible-text';
import { isUnderWay } from '../experiment-status';
import { signed } from './figures';
import { Flips } from './flips';

const route = getRouteApi('/experiments/$id');

const VERDICTS: Readonly<Record<Verdict, readonly [text: string, tone: ChipTone]>> = {
  better: ['better', 'good'],
  worse: ['worse', 'bad'],
  no_difference: ['no difference', 'accent'],
  cannot_tell: ['cannot tell', 'warn'],
};
const METHODS = {
  mcnemar_exact: 'McNemar’s exact test',
  paired_t: 'paired t test',
  wilcoxon: 'Wilcoxon’s signed-rank test',
} as const;

/** Compares two candidates item by item: which one is better, or that it cannot be told. */
export function Compare({ experiment }: { readonly experiment: ExperimentDetail }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const labels = experiment.candidates.map(({ label }) => label);
  const names = experiment.scorers.map(({ name }) => name);
  const baseline = labels.find((label) => label === search.baseline) ?? labels[0] ?? '';
  const others = labels.filter((label) => label !== baseline);
  const candidate = others.find((label) => label === search.candidate) ?? others[0] ?? '';
  const scorer = names.find((name) => name === search.scorer) ?? names[0] ?? '';
  const isOver = !isUnderWay(experiment.status);
  const { data, error, refetch } = useQuery({
    queryKey: ['experiments', 'compare', experiment.experiment_id, baseline, candidate, scorer],
    queryFn: async ({ signal }): Promise<ExperimentComparison> =>
      ledger.experiments.compare(experiment.experiment_id, { baseline, candidate, scorer }, { signal }),
    enabled: isOver,
  });
  const choose = (change: Readonly<Record<string, string>>) =>
    void navigate({
      search: (before) => ({ ...before, baseline, candidate, scorer, ...change }),
      replace: true,
    });
  return (
    <Panel
      title="Which is better"
      aside={
        <span className="flex flex-wrap items-center gap-2 text-[12px] font-normal text-ink-2">
          <Choice
            label="Candidate"
            value={candidate}
            options={others}
            onChoose={(to) => choose({ candidate: to })}
          />
          against
          <Choice
            label="Baseline"
            value={baseline}
            options={labels}
            onChoose={(to) => choose({ baseline: to })}
          />
          by
          <Choice label="Scorer" value={scorer} options={names} onChoose={(to) => choose({ scorer: to })} />
        </span>
      }
    >
      {!isOver && <p className="m-0 px-3.5 py-3 text-ink-3">It is said once the experiment is over.</p>}
      {error !== null && (
        <div className="p-3">
          <Problem error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {data !== undefined && (
        <>
          <Verdicts comparison={data} />
          <Flips comparison={data} />
        </>
      )}
    </Panel>
  );
}

function Choice({
  label,
  value,
  options,
  onChoose,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly onChoose: (value: string) => void;
}) {
  return (
    <Select aria-label={label} value={value} onChange={({ target }) => onChoose(target.value)}>
      {options.map((option) => (
        <option key={option} value={option}>
          {visibleText(option)}
        </option>
      ))}
    </Select>
  );
}

function Verdicts({ comparison }: { readonly comparison: ExperimentComparison }) {
  const { verdict, n, wins, losses, ties, missing, errors, delta, interval, margin } = comparison;
  const [text, tone] = VERDICTS[verdict];
  return (
    <Facts>
      <Fact name="Verdict">
        <Chip tone={tone}>{text}</Chip>
      </Fact>
      <Fact name="Items">{`${count(n)}: ${count(wins)} won, ${count(losses)} lost, ${count(ties)} even`}</Fact>
      <Fact name="Difference">
        {delta === null
          ? 'unknown'
          : `${signed(delta)}${interval === null ? '' : `, 95 %: ${signed(interval[0])} to ${signed(interval[1])}`}`}
      </Fact>
      <Fact name="p">{`${comparison.p_value.toPrecision(3)}, ${METHODS[comparison.method]}`}</Fact>
      <Fact name="No difference within">{`± ${margin}`}</Fact>
      {(missing > 0 || errors > 0) && (
        <Fact name="Left out">{`${count(missing)} items without a pair, ${count(errors)} errors`}</Fact>
      )}
    </Facts>
  );
}
