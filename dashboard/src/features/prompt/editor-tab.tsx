import type { Prompt, Version } from '@prompt-ledger/client';
import { getRouteApi } from '@tanstack/react-router';
import { compactJson } from '../../api/json-text';
import { ledger } from '../../api/ledger';
import { useMay, useMe } from '../../api/use-session';
import { Panel } from '../../ui/panel';
import { ScreenBody } from '../../ui/screen';
import { say } from '../../ui/toasts';
import { useDraft } from '../../ui/hooks/use-draft';
import { textOfContent } from '../../ui/text/text-of-content';
import { WordDiff } from '../../ui/text/word-diff';
import { type Draft, toDraft, toDraftKey, writeDraft } from './draft';
import { ExtrasPanel } from './extras-panel';
import { Preview } from '../../ui/editor/preview';
import { refreshPrompts } from './prompt-queries';
import { DraftPanel } from '../../ui/editor/draft-panel';
import { SavePanel } from '../../ui/editor/save-panel';
import { SourceInCode } from './source-in-code';
import { useCompiled } from '../../ui/editor/use-compiled';

const route = getRouteApi('/prompts/$name');

/** Edits the next version, and shows its changes and its rendering. Read-only for prompts in code, and for callers who may not write. */
export function EditorTab({
  prompt,
  base,
  nextNumber,
}: {
  readonly prompt: Prompt;
  /** The version that the draft is based on. */
  readonly base: Version;
  readonly nextNumber: number;
}) {
  const me = useMe();
  const mayPut = useMay('prompts:write', prompt.owner_team) && prompt.mode === 'full';
  const draftKey = toDraftKey(me.project, prompt.name);
  const [kept, keep] = useDraft<Draft>(draftKey);
  const navigate = route.useNavigate();
  // A draft that an earlier release stored lacks members, which then come from the version.
  const draft = { ...toDraft(base), ...(mayPut && kept !== null ? kept : {}) };
  const { content, settings, wrong } = writeDraft(draft);
  const compiled = useCompiled(content);
  const { error } = compiled;
  const [before, after] = [textOfContent(base), textOfContent(content)];
  const isChanged =
    wrong.length > 0 || before !== after || compactJson(settings) !== compactJson(base.settings);

  const save = () =>
    ledger.prompts.put(prompt.name, {
      ...content,
      settings,
      commit_message: draft.commitMessage.trim() === '' ? null : draft.commitMessage.trim(),
      ...(me.email === null ? {} : { created_by: me.email }),
    });
  return (
    <ScreenBody label="Editor">
      <div className="grid gap-3.5 lg:grid-cols-[minmax(0,1fr)_330px]">
        <div className="grid min-w-0 content-start gap-3.5">
          <DraftPanel
            title={base.messages === undefined ? 'Template' : 'Messages'}
            version={base.version_number}
            draft={draft}
            readOnly={mayPut ? null : (base.messages ?? base.template_source ?? '')}
            error={error}
            onChange={keep}
            onDiscard={mayPut && kept !== null && isChanged ? () => keep(null) : null}
          />
          {mayPut && (
            <ExtrasPanel
              parts={draft.parts ?? {}}
              settings={draft.settings ?? ''}
              onParts={(parts) => keep({ ...draft, parts })}
              onSettings={(text) => keep({ ...draft, settings: text })}
            />
          )}
          {before !== after && (
            <Panel title={`What changes against v${base.version_number}`} note="by word">
              <div className="p-3">
                <WordDiff before={before} after={after} />
              </div>
            </Panel>
          )}
        </div>
        <div className="grid min-w-0 content-start gap-3.5">
          {prompt.mode === 'tracking' && <SourceInCode name={prompt.name} version={base.version_number} />}
          <Preview compiled={compiled} draftKey={draftKey} />
          {mayPut && (
            <SavePanel
              title={`Save as version ${nextNumber}`}
              compiled={compiled}
              isChanged={isChanged}
              wrong={wrong}
              commitMessage={draft.commitMessage}
              onCommitMessage={(commitMessage) => keep({ ...draft, commitMessage })}
              save={save}
              onSaved={({ version, version_change: isNew }) => {
                keep(null);
                say(
                  isNew
                    ? `Saved as version ${version.version_number}.`
                    : `This is version ${version.version_number} again.`,
                );
                void refreshPrompts();
                void navigate({ search: { tab: 'versions', version: version.version_number } });
              }}
            />
          )}
        </div>
      </div>
    </ScreenBody>
  );
}
