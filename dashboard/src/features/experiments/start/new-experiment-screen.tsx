import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { useMay } from '../../../api/use-session';
import { Button } from '../../../ui/controls/button';
import { Input, Select } from '../../../ui/controls/field';
import { EmptyState } from '../../../ui/empty-state';
import { Checkbox, Form, FormField } from '../../../ui/form/form';
import { Panel } from '../../../ui/panel';
import { Problem } from '../../../ui/problem';
import { Screen, ScreenBody } from '../../../ui/screen';
import { count } from '../../../ui/text/format';
import { visibleText } from '../../../ui/text/visible-text';
import { newCandidate, toCandidate } from './candidate-drafts';
import { CandidateFields } from './candidate-fields';
import { NoScorers } from './no-scorers';

const MOST_CANDIDATES = 16;

/** Asks what to compare, on which items and by which scorers. */
export function NewExperimentScreen() {
  const crumb = (
    <>
      <Link to="/experiments" search={{}} className="text-ink-3 no-underline hover:text-ink">
        Experiments
      </Link>{' '}
      /
    </>
  );
  const mayWrite = useMay('evaluations:write');
  return (
    <Screen title="New experiment" crumb={crumb}>
      {mayWrite ? (
        <ScreenBody label="New experiment">
          <StartForm />
        </ScreenBody>
      ) : (
        <EmptyState title="Your role may not start experiments">
          Ask an admin of the project for the role of an editor.
        </EmptyState>
      )}
    </Screen>
  );
}

/** Reads the choices of the form. */
function useChoices() {
  const datasets = useQuery({
    queryKey: ['datasets', 'choices'],
    queryFn: async ({ signal }) => (await ledger.datasets.list({ limit: 200 }, { signal })).datasets,
  });
  const scorers = useQuery({
    queryKey: ['scorers', 'choices'],
    queryFn: async ({ signal }) => (await ledger.scorers.list({ limit: 200 }, { signal })).scorers,
  });
  const prompts = useQuery({
    queryKey: ['prompts', 'choices'],
    queryFn: async ({ signal }) => (await ledger.prompts.list({ limit: 200 }, { signal })).prompts,
  });
  const models = useQuery({
    queryKey: ['models'],
    queryFn: async ({ signal }) => (await ledger.models.list({ signal })).data,
  });
  return {
    datasets: datasets.data,
    // Scorers for people are left out, because an experiment cannot run them.
    scorers: scorers.data?.filter(({ kind }) => kind !== 'human'),
    prompts: prompts.data ?? [],
    models: models.data ?? [],
    error: datasets.error ?? scorers.error ?? prompts.error ?? models.error,
  };
}

function StartForm() {
  const { datasets = [], scorers, prompts, models, error } = useChoices();
  const [name, setName] = useState('');
  const [dataset, setDataset] = useState('');
  const [candidates, setCandidates] = useState(() => [newCandidate('a'), newCandidate('b')]);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [bounds, setBounds] = useState({ repetitions: '1', cost: '', concurrency: '8' });
  const navigate = useNavigate();
  const start = useMutation({
    mutationFn: async () =>
      ledger.experiments.create({
        name: name.trim(),
        dataset: { name: dataset },
        candidates: candidates.map(toCandidate),
        scorers: chosen.map((scorer) => ({ name: scorer })),
        repetitions: Number(bounds.repetitions),
        concurrency: Number(bounds.concurrency),
        ...(bounds.cost.trim() === '' ? {} : { max_cost_usd: bounds.cost.trim() }),
      }),
    onSuccess: ({ experiment_id: id }) => navigate({ to: '/experiments/$id', params: { id }, search: {} }),
  });
  const items = datasets.find((entry) => entry.name === dataset)?.item_count ?? 0;
  const cells = items * candidates.length * Number(bounds.repetitions);
  const isReady = name.trim() !== '' && dataset !== '' && chosen.length > 0 && !start.isPending;
  return (
    <Form error={start.error} className="max-w-[1000px] gap-3.5!" onSubmit={() => isReady && start.mutate()}>
      {error !== null && <Problem error={error} />}
      <datalist id="prompts-to-choose">
        {prompts.map((prompt) => (
          <option key={prompt.name} value={prompt.name} />
        ))}
      </datalist>
      <Panel title="What it asks">
        <div className="grid gap-3 p-3.5 md:grid-cols-2">
          <FormField label="Name" pointer="/name">
            {(props) => (
              <Input
                {...props}
                autoFocus
                required
                placeholder="summaries, shorter"
                value={name}
                onChange={({ target }) => setName(target.value)}
              />
            )}
          </FormField>
          <FormField
            label="Dataset"
            pointer="/dataset"
            hint={datasets.length === 0 ? 'Where there is none yet, make one below Datasets.' : undefined}
          >
            {(props) => (
              <Select
                {...props}
                className="w-full"
                required
                value={dataset}
                onChange={({ target }) => setDataset(target.value)}
              >
                <option value="">choose one</option>
                {datasets.map((entry) => (
                  <option key={entry.dataset_id} value={entry.name}>
                    {visibleText(`${entry.name}, ${count(entry.item_count)} items`)}
                  </option>
                ))}
              </Select>
            )}
          </FormField>
        </div>
      </Panel>
      <Panel title="Candidates" note="each runs on every item">
        <div className="grid gap-3 p-3.5">
          {candidates.map((draft, at) => (
            <CandidateFields
              key={draft.key}
              draft={draft}
              at={at}
              models={models}
              onChange={(changed) => setCandidates(candidates.map((one) => (one === draft ? changed : one)))}
              onRemove={
                candidates.length === 1
                  ? null
                  : () => setCandidates(candidates.filter((one) => one !== draft))
              }
            />
          ))}
          <div>
            <Button
              disabled={candidates.length >= MOST_CANDIDATES}
              onClick={() =>
                setCandidates([
                  ...candidates,
                  newCandidate(String.fromCharCode(97 + candidates.length), candidates.at(-1)),
                ])
              }
            >
              Add a candidate
            </Button>
          </div>
        </div>
      </Panel>
      <Panel title="Scorers" note="that judge the answers">
        {scorers?.length === 0 ? (
          <NoScorers />
        ) : (
          <div className="grid gap-1.5 p-3.5 md:grid-cols-2">
            {scorers?.map(({ scorer_id: id, name: scorer, kind }) => (
              <Checkbox
                key={id}
                label={
                  <>
                    {visibleText(scorer)} <span className="text-ink-3">{kind}</span>
                  </>
                }
                checked={chosen.includes(scorer)}
                onChange={(isChosen) =>
                  setChosen(isChosen ? [...chosen, scorer] : chosen.filter((other) => other !== scorer))
                }
              />
            ))}
          </div>
        )}
      </Panel>
      <Panel title="Bounds">
        <div className="grid gap-3 p-3.5 md:grid-cols-3">
          <FormField label="Repetitions" pointer="/repetitions" hint="How often each runs on each item">
            {(props) => (
              <Input
                {...props}
                type="number"
                min={1}
                max={100}
                required
                value={bounds.repetitions}
                onChange={({ target }) => setBounds({ ...bounds, repetitions: target.value })}
              />
            )}
          </FormField>
          <FormField label="Cost at most, $" pointer="/max_cost_usd" hint="Empty: no limit of its own">
            {(props) => (
              <Input
                {...props}
                inputMode="decimal"
                value={bounds.cost}
                onChange={({ target }) => setBounds({ ...bounds, cost: target.value })}
              />
            )}
          </FormField>
          <FormField label="At a time" pointer="/concurrency">
            {(props) => (
              <Input
                {...props}
                type="number"
                min={1}
                max={64}
                required
                value={bounds.concurrency}
                onChange={({ target }) => setBounds({ ...bounds, concurrency: target.value })}
              />
            )}
          </FormField>
        </div>
      </Panel>
      <div className="flex items-center gap-3">
        <Button type="submit" tone="primary" disabled={!isReady}>
          Start the experiment
        </Button>
        {cells > 0 && <span className="text-ink-3">{`${count(cells)} executions`}</span>}
      </div>
    </Form>
  );
}
