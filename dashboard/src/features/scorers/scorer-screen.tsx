import type { Scorer } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ledger } from '../../api/ledger';
import { queryClient } from '../../api/query-client';
import { useMay } from '../../api/use-session';
import { Chip } from '../../ui/chip';
import { Button, buttonClass } from '../../ui/controls/button';
import { TAB_CLASS, Tabs } from '../../ui/controls/tabs';
import { ConfirmDialog } from '../../ui/form/confirm-dialog';
import { Panel } from '../../ui/panel';
import { Problem } from '../../ui/problem';
import { Screen, ScreenBody } from '../../ui/screen';
import { shortHash } from '../../ui/text/format';
import { Time } from '../../ui/text/time';
import { visibleText } from '../../ui/text/visible-text';
import { ChangeTab } from './change-tab';
import { Definition } from './definition/definition';
import type { TABS } from './scorers-search';
import { TryTab } from './trying/try-tab';
import { VersionsTab } from './versions-tab';

const route = getRouteApi('/scorers/$name');

type Tab = (typeof TABS)[number];

/** One scorer: its definition, its versions, and a way to try it. */
export function ScorerScreen() {
  const { name } = route.useParams();
  const { data, error, refetch } = useQuery({
    queryKey: ['scorers', 'one', name],
    queryFn: async ({ signal }): Promise<Scorer> => ledger.scorers.get(name, { signal }),
  });
  if (data === undefined) {
    return (
      <Screen title={visibleText(name)} crumb={<Crumb />}>
        <ScreenBody label={name}>
          {error !== null && <Problem error={error} onRetry={() => void refetch()} />}
        </ScreenBody>
      </Screen>
    );
  }
  return <Shown key={data.scorer_id} scorer={data} />;
}

function Shown({ scorer }: { readonly scorer: Scorer }) {
  const { name, kind, latest_version: latest } = scorer;
  const { tab = 'definition' } = route.useSearch();
  const navigate = route.useNavigate();
  const mayWrite = useMay('evaluations:write');
  const mayScore = useMay('scores:write');
  const mayRun = useMay('executions:run');
  const mayRead = useMay('executions:read');
  const [isDeleting, setDeleting] = useState(false);
  const mayTry = mayScore && mayRun && kind !== 'human';
  const tabs: readonly (readonly [tab: Tab, title: string])[] = [
    ['definition', 'Definition'],
    ...(mayWrite ? [['change', 'Change'] as const] : []),
    ['versions', 'Versions'],
    ...(mayTry ? [['try', 'Try it'] as const] : []),
  ];
  // An address may name a tab that this caller is not offered.
  const shown = tabs.some(([each]) => each === tab) ? tab : 'definition';
  return (
    <Screen
      title={visibleText(name)}
      crumb={<Crumb />}
      chips={
        <>
          <Chip>{kind}</Chip>
          <Chip tone="accent">{`v${latest.version_number}`}</Chip>
        </>
      }
      actions={
        <>
          {mayWrite && (
            <Button tone="danger" onClick={() => setDeleting(true)}>
              Delete …
            </Button>
          )}
          {kind === 'human' && mayScore && mayRead && (
            <Link to="/annotation" search={{ scorer: name }} className={buttonClass('primary')}>
              Judge answers
            </Link>
          )}
        </>
      }
      tabs={
        <Tabs label="Parts of the scorer">
          {tabs.map(([each, title]) => (
            <Link
              key={each}
              to="/scorers/$name"
              params={{ name }}
              search={each === 'definition' ? {} : { tab: each }}
              // Without it, the router calls the first tab current on all of them, because its search is empty.
              activeOptions={{ includeSearch: true, exact: true }}
              className={TAB_CLASS}
              aria-current={shown === each ? 'page' : undefined}
            >
              {title}
            </Link>
          ))}
        </Tabs>
      }
    >
      {shown === 'definition' && (
        <ScreenBody label="Definition">
          <Panel
            className="max-w-[860px]"
            title={`Version ${latest.version_number}`}
            note={
              <>
                <span className="mono" title={latest.checksum_hash}>
                  {shortHash(latest.checksum_hash)}
                </span>{' '}
                {visibleText(latest.created_by)} <Time at={latest.created_at} />
              </>
            }
          >
            <Definition definition={latest.definition} />
          </Panel>
        </ScreenBody>
      )}
      {shown === 'change' && <ChangeTab scorer={scorer} />}
      {shown === 'versions' && <VersionsTab name={name} />}
      {shown === 'try' && <TryTab scorer={scorer} />}
      {isDeleting && (
        <ConfirmDialog
          title={`Delete ${name}?`}
          action="Delete the scorer"
          done={`Scorer ${name} is gone.`}
          run={() => ledger.scorers.delete(name)}
          onDone={() => {
            queryClient.removeQueries({ queryKey: ['scorers', 'one', name] });
            void navigate({ to: '/scorers' });
            void queryClient.invalidateQueries({ queryKey: ['scorers'] });
          }}
          onClose={() => setDeleting(false)}
        >
          Its name is free again, and nothing can score with it. The scores that it gave stay.
        </ConfirmDialog>
      )}
    </Screen>
  );
}

function Crumb() {
  return (
    <>
      <Link to="/scorers" search={{}} className="text-ink-3 no-underline hover:text-ink">
        Scorers
      </Link>{' '}
      /
    </>
  );
}
