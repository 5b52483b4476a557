import type { RolloutDetail } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import { CopyButton } from '../../../ui/controls/copy-button';
import { Fact, Facts, Panel } from '../../../ui/panel';
import { count, fullTime, shortHash } from '../../../ui/text/format';
import { visibleText } from '../../../ui/text/visible-text';
import { describe } from './metrics-panel';

/** Shows what the rollout's request fixed, and who has moved it since. */
export function RolloutFacts({ rollout }: { readonly rollout: RolloutDetail }) {
  const { prompt_name: name, primary, guardrails, on_guardrail: onBad, on_success: onGood } = rollout;
  const verify = `prompt-ledger rollout verify ${rollout.rollout_id}`;
  return (
    <div className="grid min-w-0 content-start gap-3.5">
      <Panel title="What is tried" note={visibleText(rollout.environment)}>
        <Facts>
          <Fact name="Prompt">
            <Link to="/prompts/$name" params={{ name }} search={{}} className="text-accent">
              {name}
            </Link>
          </Fact>
          {(['control', 'candidate'] as const).map((arm) => (
            <Fact key={arm} name={arm === 'control' ? 'Control' : 'Candidate'}>
              <Link
                to="/prompts/$name"
                params={{ name }}
                search={
                  arm === 'control'
                    ? { tab: 'versions', version: rollout.control.version_number }
                    : {
                        tab: 'versions',
                        version: rollout.candidate.version_number,
                        against: rollout.control.version_number,
                      }
                }
                className="text-accent underline"
              >{`v${rollout[arm].version_number}`}</Link>{' '}
              <span className="mono" title={rollout[arm].checksum_hash}>
                {shortHash(rollout[arm].checksum_hash)}
              </span>
            </Fact>
          ))}
        </Facts>
      </Panel>
      <Panel title="What is watched">
        <ul className="m-0 list-none p-0">
          {[
            { ...primary, role: 'primary' as const },
            ...guardrails.map((each) => ({ ...each, role: 'guardrail' as const })),
          ].map((metric) => (
            <li
              key={`${metric.role} ${metric.metric}`}
              className="grid gap-0.5 border-b px-3.5 py-2 last:border-b-0"
            >
              <span className="font-[560] break-words">{visibleText(metric.metric)}</span>
              <span className="text-[12px] text-ink-3">{describe(metric)}</span>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title="Rules">
        <Facts>
          <Fact name="Worse">{onBad === 'pause' ? 'pauses' : 'rolls back'}</Fact>
          <Fact name="Good">{onGood === 'apply' ? 'moves the pointer' : 'goes on, and says so'}</Fact>
          <Fact name="Units at least">{`${count(rollout.min_units)} in each arm`}</Fact>
          <Fact name="Chance of a wrong stop">{`${Number((100 * rollout.alpha).toPrecision(6))} %`}</Fact>
        </Facts>
      </Panel>
      <Panel title="Facts">
        <Facts>
          <Fact name="Asked for by">{visibleText(rollout.created_by)}</Fact>
          <Fact name="At">{fullTime(rollout.created_at)}</Fact>
          {rollout.started_at !== null && <Fact name="Started">{fullTime(rollout.started_at)}</Fact>}
          {rollout.ended_at !== null && <Fact name="Over">{fullTime(rollout.ended_at)}</Fact>}
          {rollout.change_id !== null && (
            <Fact name="Approved by">
              <Link to="/changes/$id" params={{ id: rollout.change_id }} className="text-accent">
                a change
              </Link>
            </Fact>
          )}
        </Facts>
        <div className="grid gap-1.5 border-t px-3.5 py-2.5">
          <span className="text-ink-3">Compute every look again:</span>
          <div className="flex items-start gap-2">
            <code className="code-block min-w-0 grow">{verify}</code>
            <CopyButton text={verify} label="Copy the command" />
          </div>
        </div>
      </Panel>
    </div>
  );
}
