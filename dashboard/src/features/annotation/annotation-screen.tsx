import type { Scorer, ScorerList } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { ledger } from '../../api/ledger';
import { useMay } from '../../api/use-session';
import { Button } from '../../ui/controls/button';
import { Select } from '../../ui/controls/field';
import { SearchBox } from '../../ui/controls/search-box';
import { EmptyState } from '../../ui/empty-state';
import { Checkbox } from '../../ui/form/form';
import { Problem } from '../../ui/problem';
import { Screen } from '../../ui/screen';
import { given } from '../../ui/search-params';
import { visibleText } from '../../ui/text/visible-text';
import type { AnnotationSearch } from './annotation-search';
import { Queue } from './queue';
import { ScorerDialog } from './scorer-dialog';

const route = getRouteApi('/annotation');

/** Shows executions one at a time, for a person to judge with the keyboard alone. */
export function AnnotationScreen() {
  const mayScore = useMay('scores:write');
  const mayRead = useMay('executions:read');
  const { data, error, refetch } = useQuery({
    queryKey: ['scorers', 'human'],
    queryFn: async ({ signal }): Promise<ScorerList['scorers']> =>
      (await ledger.scorers.list({ kind: 'human', limit: 200 }, { signal })).scorers,
  });
  if (!mayScore || !mayRead) {
    return (
      <Screen title="Annotation">
        <EmptyState title="Your role may not judge answers">
          Ask an admin of the project for the role of a runner.
        </EmptyState>
      </Screen>
    );
  }
  if (data === undefined) {
    return (
      <Screen title="Annotation">
        {error !== null && (
          <div className="p-5">
            <Problem error={error} onRetry={() => void refetch()} />
          </div>
        )}
      </Screen>
    );
  }
  return <Shown scorers={data} />;
}

function Shown({ scorers }: { readonly scorers: readonly Scorer[] }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const mayWrite = useMay('evaluations:write');
  const [isMaking, setMaking] = useState(false);
  const narrow = useCallback(
    (change: { readonly [Name in keyof AnnotationSearch]?: AnnotationSearch[Name] | undefined }) =>
      void navigate({ search: (before) => given({ ...before, ...change }), replace: true }),
    [navigate],
  );
  const byPrompt = useCallback((text: string) => narrow({ prompt: text.trim() || undefined }), [narrow]);
  const scorer = scorers.find(({ name }) => name === search.scorer) ?? scorers[0];
  const make = mayWrite ? (
    <Button tone={scorer === undefined ? 'primary' : 'plain'} onClick={() => setMaking(true)}>
      Make a scorer
    </Button>
  ) : undefined;
  return (
    <Screen
      title="Annotation"
      actions={
        <>
          {scorer !== undefined && (
            <>
              <Checkbox
                label="Judged ones too"
                checked={search.show === 'all'}
                onChange={(isAll) => narrow({ show: isAll ? 'all' : undefined })}
              />
              <SearchBox label="Of this prompt" value={search.prompt ?? ''} onSearch={byPrompt} />
              <Select
                aria-label="Scorer"
                value={scorer.name}
                onChange={({ target }) => narrow({ scorer: target.value })}
              >
                {scorers.map(({ name }) => (
                  <option key={name} value={name}>
                    {visibleText(name)}
                  </option>
                ))}
              </Select>
            </>
          )}
          {make}
        </>
      }
    >
      {scorer === undefined ? (
        <EmptyState
          title="There is nothing to judge by yet"
          command={`curl -X PUT ${window.location.origin}/v1/scorers/helpful \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"kind": "human", "labels": {"good": true, "bad": false}}'`}
          action={make}
        >
          A scorer of people says which labels there are, and which of them pass. Make one here, or with the
          API:
        </EmptyState>
      ) : (
        <Queue key={JSON.stringify([search, scorer.name])} scorer={scorer} search={search} />
      )}
      {isMaking && (
        <ScorerDialog
          onMade={(name) => {
            setMaking(false);
            narrow({ scorer: name });
          }}
          onClose={() => setMaking(false)}
        />
      )}
    </Screen>
  );
}
