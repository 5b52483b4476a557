import type { CreateRolloutRequest, Rollout } from '@prompt-ledger/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { useMay, useTeamsWith } from '../../../api/use-session';
import { Button } from '../../../ui/controls/button';
import { Input } from '../../../ui/controls/field';
import { EmptyState } from '../../../ui/empty-state';
import { Form, FormField } from '../../../ui/form/form';
import { Panel } from '../../../ui/panel';
import { Screen, ScreenBody } from '../../../ui/screen';
import { say } from '../../../ui/toasts';
import { useMayRollOut } from '../use-may-roll-out';
import { METRICS, newMetric, newStep, toMetric, toStep } from './metric-drafts';
import { MetricFields } from './metric-fields';
import { RulesFields, type RulesDraft } from './rules-fields';
import { StepsFields } from './steps-fields';
import { usePromptChoices, WhatFields } from './what-fields';

const route = getRouteApi('/rollouts/new');
const MOST_GUARDRAILS = 20;

/** Asks which version is tried where, in which steps, and what it must not make worse. */
export function NewRolloutScreen() {
  const crumb = (
    <>
      <Link to="/rollouts" search={{}} className="text-ink-3 no-underline hover:text-ink">
        Rollouts
      </Link>{' '}
      /
    </>
  );
  return (
    <Screen title="New rollout" crumb={crumb}>
      {useMayRollOut() ? (
        <ScreenBody label="New rollout">
          <DraftForm />
        </ScreenBody>
      ) : (
        <EmptyState title="Your role may not roll anything out">
          Ask an admin of the project for the role of an editor.
        </EmptyState>
      )}
    </Screen>
  );
}

/** Reads the prompts whose rollouts the caller may write, and the available metrics. */
function useChoices() {
  const teams = useTeamsWith('rollouts:write');
  const prompts = useQuery({
    queryKey: ['prompts', 'choices'],
    queryFn: async ({ signal }) => (await ledger.prompts.list({ limit: 200 }, { signal })).prompts,
  });
  const scorers = useQuery({
    queryKey: ['scorers', 'choices'],
    queryFn: async ({ signal }) => (await ledger.scorers.list({ limit: 200 }, { signal })).scorers,
    enabled: useMay('executions:list'),
  });
  return {
    prompts: (prompts.data ?? []).filter(
      ({ owner_team: team }) => teams.length === 0 || (team !== null && teams.includes(team)),
    ),
    metrics: [...METRICS, ...(scorers.data ?? []).map(({ name }) => `score:${name}`)],
  };
}

function DraftForm() {
  const search = route.useSearch();
  const [what, setWhat] = useState({
    name: '',
    prompt: search.prompt ?? '',
    environment: search.environment ?? '',
    candidate: search.candidate === undefined ? '' : String(search.candidate),
  });
  const [steps, setSteps] = useState(() => [newStep('5', '60'), newStep('25'), newStep('50')]);
  const [primary, setPrimary] = useState(() => newMetric('error_rate', '10'));
  const [guardrails, setGuardrails] = useState(() => [newMetric('error_rate')]);
  const [rules, setRules] = useState<RulesDraft>({
    minUnits: '100',
    alpha: '5',
    onGuardrail: 'roll_back',
    onSuccess: 'hold',
  });
  const [reason, setReason] = useState('');
  const { prompts, metrics } = useChoices();
  // A name that is still being typed is looked up once it names a prompt, or once the field is left.
  const [leftName, setLeftName] = useState(what.prompt);
  const typedName = what.prompt.trim();
  const promptName = prompts.some(({ name }) => name === typedName) ? typedName : leftName;
  const choices = usePromptChoices(promptName);
  const owner = prompts.find(({ name }) => name === promptName)?.owner_team ?? null;
  const mayAsk = useMay('changes:write', owner);
  const isProtected =
    choices.environments.find(({ environment }) => environment === what.environment)?.protected === true;
  const asks = isProtected && mayAsk;
  const [made, setMade] = useState<Rollout | null>(null);
  const navigate = useNavigate();
  const make = useMutation({
    mutationFn: async () => {
      const rollout = made ?? (await ledger.rollouts.create(requestOf()));
      // If the change is refused, only the change is retried.
      setMade(rollout);
      if (!asks) return { id: rollout.rollout_id, changeId: null };
      const change = { kind: 'rollout' as const, rollout_id: rollout.rollout_id, reason: reason.trim() };
      return { id: rollout.rollout_id, changeId: (await ledger.changes.open(change)).change_id };
    },
    onSuccess: ({ id, changeId }) => {
      say(changeId === null ? 'The draft is made.' : 'The draft is made, and its change is open.');
      void (changeId === null
        ? navigate({ to: '/rollouts/$id', params: { id }, search: {} })
        : navigate({ to: '/changes/$id', params: { id: changeId } }));
    },
  });
  const requestOf = (): CreateRolloutRequest => ({
    name: what.name.trim(),
    prompt_name: typedName,
    environment: what.environment,
    candidate: { version_number: Number(what.candidate) },
    steps: steps.map(toStep),
    primary: toMetric(primary),
    guardrails: guardrails.map(toMetric),
    min_units: Number(rules.minUnits),
    alpha: Number(`${rules.alpha.trim()}e-2`),
    on_guardrail: rules.onGuardrail,
    on_success: rules.onSuccess,
  });
  const isReady =
    what.name.trim() !== '' &&
    what.environment !== '' &&
    what.candidate !== '' &&
    (!asks || reason.trim() !== '') &&
    !make.isPending;
  return (
    <Form error={make.error} className="max-w-[1000px] gap-3.5!" onSubmit={() => isReady && make.mutate()}>
      <datalist id="prompts-to-choose">
        {prompts.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <datalist id="metrics-to-choose">
        {metrics.map((metric) => (
          <option key={metric} value={metric} />
        ))}
      </datalist>
      <fieldset
        disabled={made !== null}
        className="m-0 grid min-w-0 gap-3.5 border-0 p-0"
        onBlur={() => setLeftName(typedName)}
      >
        <WhatFields
          draft={what}
          choices={choices}
          onChange={(change) => setWhat({ ...what, ...change })}
          onPrompt={(name) => {
            setWhat({ ...what, prompt: name, environment: '', candidate: '' });
            setLeftName('');
          }}
        />
        <StepsFields steps={steps} onChange={(changed) => setSteps([...changed])} />
        <Panel title="Primary metric" note="what the candidate is to be good at">
          <div className="p-3.5">
            <MetricFields
              title="Primary metric"
              pointer="/primary"
              draft={primary}
              onChange={setPrimary}
              onRemove={null}
            />
          </div>
        </Panel>
        <Panel title="Guardrails" note="what it must not make worse">
          <div className="grid gap-3 p-3.5">
            {guardrails.map((draft, at) => (
              <MetricFields
                key={draft.key}
                title={`Guardrail ${at + 1}`}
                pointer={`/guardrails/${at}`}
                draft={draft}
                onChange={(changed) =>
                  setGuardrails(guardrails.map((each) => (each === draft ? changed : each)))
                }
                onRemove={() => setGuardrails(guardrails.filter((each) => each !== draft))}
              />
            ))}
            <div>
              <Button
                disabled={guardrails.length >= MOST_GUARDRAILS}
                onClick={() => setGuardrails([...guardrails, newMetric('')])}
              >
                Add a guardrail
              </Button>
            </div>
          </div>
        </Panel>
        <RulesFields draft={rules} onChange={(change) => setRules({ ...rules, ...change })} />
      </fieldset>
      {isProtected && (
        <Panel title="The environment is protected" note="a rollout starts there by a change">
          <div className="p-3.5">
            {asks ? (
              <FormField label="Reason" pointer="/reason" hint="For those who approve the change">
                {(props) => (
                  <Input
                    {...props}
                    required
                    maxLength={2_000}
                    value={reason}
                    onChange={({ target }) => setReason(target.value)}
                  />
                )}
              </FormField>
            ) : (
              <p className="m-0 text-ink-2">
                You may make the draft. Somebody who may open changes brings it there.
              </p>
            )}
          </div>
        </Panel>
      )}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" tone="primary" disabled={!isReady}>
          {asks ? (made === null ? 'Make the draft and open a change' : 'Open the change') : 'Make the draft'}
        </Button>
        <span className="text-ink-3">
          {made === null ? (
            'Nobody gets the candidate before it starts.'
          ) : (
            <Link to="/rollouts/$id" params={{ id: made.rollout_id }} search={{}} className="text-accent">
              The draft is made.
            </Link>
          )}
        </span>
      </div>
    </Form>
  );
}
