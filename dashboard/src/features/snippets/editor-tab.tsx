import type { Snippet } from '@prompt-ledger/client';
import { getRouteApi } from '@tanstack/react-router';
import { ledger } from '../../api/ledger';
import { useMay, useMe } from '../../api/use-session';
import { Field, Input } from '../../ui/controls/field';
import { Preview } from '../../ui/editor/preview';
import { DraftPanel } from '../../ui/editor/draft-panel';
import { SavePanel } from '../../ui/editor/save-panel';
import { useCompiled } from '../../ui/editor/use-compiled';
import { useDraft } from '../../ui/hooks/use-draft';
import { Panel } from '../../ui/panel';
import { ScreenBody } from '../../ui/screen';
import { WordDiff } from '../../ui/text/word-diff';
import { say } from '../../ui/toasts';
import { type Draft, findChanges, toDraft, writeDraft } from './draft';
import { refreshSnippets } from './snippet-queries';
import { TagPanel } from './tag-panel';

const route = getRouteApi('/snippets/$name');

/** Edits the next version, and shows its changes and its rendering. Read-only for callers who may not write. */
export function EditorTab({ snippet }: { readonly snippet: Snippet }) {
  const { name, latest_version: base } = snippet;
  const me = useMe();
  const mayPut = useMay('prompts:write');
  const draftKey = `snippet ${me.project?.project_id ?? ''} ${name}`;
  const [kept, keep] = useDraft<Draft>(draftKey);
  const navigate = route.useNavigate();
  const draft = mayPut && kept !== null ? kept : toDraft(snippet);
  const { isTextChanged, isDescriptionChanged } = findChanges(draft, snippet);
  const compiled = useCompiled({ template_source: draft.template });
  const { error } = compiled;
  const isChanged = isTextChanged || isDescriptionChanged;
  return (
    <ScreenBody label="Editor">
      <div className="grid gap-3.5 lg:grid-cols-[minmax(0,1fr)_330px]">
        <div className="grid min-w-0 content-start gap-3.5">
          <DraftPanel
            title="Text"
            version={base.version_number}
            draft={draft}
            readOnly={mayPut ? null : base.template_source}
            error={error}
            onChange={keep}
            onDiscard={mayPut && kept !== null && isChanged ? () => keep(null) : null}
          />
          {isTextChanged && (
            <Panel title={`What changes against v${base.version_number}`} note="by word">
              <div className="p-3">
                <WordDiff before={base.template_source} after={draft.template} />
              </div>
            </Panel>
          )}
        </div>
        <div className="grid min-w-0 content-start gap-3.5">
          <TagPanel name={name} version={base.version_number} args={base.variables} />
          <Preview compiled={compiled} draftKey={draftKey} />
          {mayPut && (
            <SavePanel
              title={
                isTextChanged || !isChanged
                  ? `Save as version ${base.version_number + 1}`
                  : 'Save the description'
              }
              variablesName="Arguments"
              compiled={compiled}
              isChanged={isChanged}
              wrong={[]}
              commitMessage={draft.commitMessage}
              onCommitMessage={(commitMessage) => keep({ ...draft, commitMessage })}
              save={() => ledger.snippets.put(name, writeDraft(draft, snippet, me.email))}
              onSaved={({ version, version_change: isNew }) => {
                keep(null);
                const number = version.version_number;
                if (isNew) say(`Saved as version ${number}. No prompt changes by it.`);
                else say(isTextChanged ? `This is version ${number} again.` : 'The description is saved.');
                void refreshSnippets();
                if (isTextChanged) void navigate({ search: { tab: 'versions', version: number } });
              }}
            >
              <Field label="Description">
                {(id) => (
                  <Input
                    id={id}
                    maxLength={10_000}
                    value={draft.description}
                    onChange={({ target }) => keep({ ...draft, description: target.value })}
                  />
                )}
              </Field>
            </SavePanel>
          )}
        </div>
      </div>
    </ScreenBody>
  );
}
