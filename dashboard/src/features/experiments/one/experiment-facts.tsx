import type { ExperimentDetail, ModelRef } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import { Fact, Facts, Panel } from '../../../ui/panel';
import { count, dollars, fullTime, shortHash } from '../../../ui/text/format';
import { visibleText } from '../../../ui/text/visible-text';

/** Shows what was fixed when the experiment began. */
export function ExperimentFacts({ experiment }: { readonly experiment: ExperimentDetail }) {
  const { dataset, candidates, scorers } = experiment;
  return (
    <div className="grid min-w-0 content-start gap-3.5">
      <Panel title="Candidates">
        <ul className="m-0 list-none p-0">
          {candidates.map(({ label, prompt_name: name, version_number: version, model }) => (
            <li
              key={label}
              className="grid grid-cols-[minmax(0,1fr)] gap-0.5 border-b px-3.5 py-2 last:border-b-0"
            >
              <span className="font-[560] break-words">{visibleText(label)}</span>
              <Link
                to="/prompts/$name"
                params={{ name }}
                search={{ tab: 'versions', version }}
                className="break-words text-accent"
              >
                {`${name} v${version}`}
              </Link>
              <span className="break-words text-ink-3">{visibleText(nameModels(model))}</span>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title="Facts">
        <Facts>
          <Fact name="Dataset">
            <Link
              to="/datasets/$name"
              params={{ name: dataset.name }}
              search={{ version: dataset.version }}
              className="text-accent"
            >
              {visibleText(dataset.name)} <span className="mono">{shortHash(dataset.version)}</span>
            </Link>
          </Fact>
          <Fact name="Items">{count(dataset.item_count)}</Fact>
          <Fact name="Scorers">
            {visibleText(scorers.map(({ name, version_number: v }) => `${name} v${v}`).join(', '))}
          </Fact>
          <Fact name="Repetitions">{count(experiment.repetitions)}</Fact>
          <Fact name="Passes from">{experiment.pass_threshold}</Fact>
          <Fact name="Cost">{dollars(experiment.cost_usd)}</Fact>
          <Fact name="Cost at most">
            {experiment.max_cost_usd === null ? 'no limit' : dollars(experiment.max_cost_usd)}
          </Fact>
          <Fact name="Environment">{visibleText(experiment.environment)}</Fact>
          <Fact name="By">{visibleText(experiment.created_by)}</Fact>
          <Fact name="Asked for">{fullTime(experiment.created_at)}</Fact>
          {experiment.completed_at !== null && <Fact name="Over">{fullTime(experiment.completed_at)}</Fact>}
        </Facts>
      </Panel>
    </div>
  );
}

function nameModels(model: ModelRef | readonly ModelRef[]): string {
  const models: readonly ModelRef[] = 'provider' in model ? [model] : model;
  return models.map(({ provider, model_name: name }) => `${provider}/${name}`).join(', then ');
}
