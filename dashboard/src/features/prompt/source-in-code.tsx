import { useQuery } from '@tanstack/react-query';
import { ledger } from '../../api/ledger';
import { Fact, Facts, Panel } from '../../ui/panel';
import { Problem } from '../../ui/problem';
import { visibleText } from '../../ui/text/visible-text';

const FACTS = ['repository', 'branch', 'commit', 'file', 'line'] as const;

/** Shows the place of a prompt in the code. */
export function SourceInCode({ name, version }: { readonly name: string; readonly version: number }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['prompts', 'history', name],
    queryFn: () => ledger.tracking.history(name),
  });
  const facts = latestOf(data?.versions.find((entry) => entry.version === version)?.git ?? {});
  return (
    <Panel title="In code" note="change it there and register it">
      {error !== null ? (
        <div className="p-3">
          <Problem error={error} onRetry={() => void refetch()} />
        </div>
      ) : (
        <Facts>
          {FACTS.map((fact) => {
            const value = facts[fact];
            const text =
              typeof value === 'string' || typeof value === 'number' ? visibleText(String(value)) : '–';
            return (
              <Fact key={fact} name={fact.charAt(0).toUpperCase() + fact.slice(1)}>
                <span className={fact === 'commit' ? 'mono' : undefined} title={text}>
                  {fact === 'commit' ? text.slice(0, 12) : text}
                </span>
              </Fact>
            );
          })}
        </Facts>
      )}
    </Panel>
  );
}

/** Returns the facts of the latest registration, when there is more than one. */
function latestOf(git: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const latest = git['latest'];
  return typeof latest === 'object' && latest !== null ? (latest as Record<string, unknown>) : git;
}
