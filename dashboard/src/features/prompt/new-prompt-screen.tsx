import { Link, useNavigate } from '@tanstack/react-router';
import { ledger } from '../../api/ledger';
import { nameTaken } from '../../api/service-problem';
import { useMay, useMe, useTeamsWith } from '../../api/use-session';
import { Chip } from '../../ui/chip';
import { EmptyState } from '../../ui/empty-state';
import { Field, Input, Select } from '../../ui/controls/field';
import { Panel } from '../../ui/panel';
import { Problem } from '../../ui/problem';
import { Screen, ScreenBody } from '../../ui/screen';
import { say } from '../../ui/toasts';
import { useDraft } from '../../ui/hooks/use-draft';
import { ContentEditor } from '../../ui/editor/content-editor';
import { readOrNull, readTags } from './about/about-draft';
import { type Draft, writeDraft } from './draft';
import { ExtrasPanel } from './extras-panel';
import { Preview } from '../../ui/editor/preview';
import { refreshPrompts } from './prompt-queries';
import { SavePanel } from '../../ui/editor/save-panel';
import { useCompiled } from '../../ui/editor/use-compiled';
import { NAME_PATTERN } from '../../ui/text/name-pattern';

interface NewPrompt extends Draft {
  readonly name: string;
  readonly description: string;
  readonly team: string;
  /** Separated by commas. */
  readonly tags: string;
}

const EMPTY: NewPrompt = { name: '', description: '', team: '', tags: '', template: '', commitMessage: '' };

/** Writes the first version of a new prompt. */
export function NewPromptScreen() {
  const me = useMe();
  const mayPutAny = useMay('prompts:write');
  // A permission that comes through a team covers only that team's prompts.
  const teams = useTeamsWith('prompts:write');
  const mayPut = mayPutAny || teams.length > 0;
  const draftKey = `new prompt ${me.project?.project_id ?? ''}`;
  const [kept, keep] = useDraft<NewPrompt>(draftKey);
  const navigate = useNavigate();
  const draft = kept ?? { ...EMPTY, team: teams[0] ?? '' };
  const { content, settings, wrong } = writeDraft(draft);
  const compiled = useCompiled(content);
  const { error } = compiled;
  const put = (change: Partial<NewPrompt>) => keep({ ...draft, ...change });
  const isWritten =
    (draft.messages?.some(({ content: text }) => text !== '') ?? draft.template !== '') &&
    NAME_PATTERN.test(draft.name);

  const save = async () => {
    await assertFree(draft.name);
    return ledger.prompts.put(draft.name, {
      ...content,
      settings,
      description: readOrNull(draft.description),
      owner_team: readOrNull(draft.team),
      tags: readTags(draft.tags),
      commit_message: readOrNull(draft.commitMessage),
      ...(me.email === null ? {} : { created_by: me.email }),
    });
  };
  const crumb = (
    <>
      <Link to="/prompts" search={{}} className="text-ink-3 no-underline hover:text-ink">
        Prompts
      </Link>{' '}
      /
    </>
  );
  if (!mayPut) {
    return (
      <Screen title="New prompt" crumb={crumb}>
        <EmptyState title="Your role may not write prompts">
          Ask an admin of the project for the role of an editor.
        </EmptyState>
      </Screen>
    );
  }
  return (
    <Screen title="New prompt" crumb={crumb}>
      <ScreenBody label="New prompt">
        <div className="grid gap-3.5 lg:grid-cols-[minmax(0,1fr)_330px]">
          <div className="grid min-w-0 content-start gap-3.5">
            <Panel title="What it is">
              <div className="grid gap-3 p-3.5 md:grid-cols-2">
                <Field
                  label="Name"
                  hint={
                    draft.name !== '' && !NAME_PATTERN.test(draft.name)
                      ? 'Letters, digits, _ - . and /; at most 200.'
                      : 'Slashes make folders: support/refund_reply'
                  }
                >
                  {(id) => (
                    <Input
                      id={id}
                      autoFocus
                      value={draft.name}
                      onChange={({ target }) => put({ name: target.value })}
                    />
                  )}
                </Field>
                <Field label="Description">
                  {(id) => (
                    <Input
                      id={id}
                      value={draft.description}
                      onChange={({ target }) => put({ description: target.value })}
                    />
                  )}
                </Field>
                <Field
                  label="Owner"
                  hint={
                    teams.length === 0 ? 'The team that answers for it' : `One of yours: ${teams.join(', ')}`
                  }
                >
                  {(id) => (
                    <Input
                      id={id}
                      value={draft.team}
                      onChange={({ target }) => put({ team: target.value })}
                    />
                  )}
                </Field>
                <Field label="Tags" hint="Separated by commas">
                  {(id) => (
                    <Input
                      id={id}
                      value={draft.tags}
                      onChange={({ target }) => put({ tags: target.value })}
                    />
                  )}
                </Field>
              </div>
            </Panel>
            <Panel
              title="Content"
              note="Liquid"
              aside={
                <>
                  <Select
                    aria-label="Kind"
                    value={draft.messages === undefined ? 'text' : 'chat'}
                    onChange={({ target }) =>
                      keep(target.value === 'text' ? toText(draft) : toMessages(draft))
                    }
                  >
                    <option value="text">A text</option>
                    <option value="chat">Messages</option>
                  </Select>
                  {error === null ? <Chip tone="good">parses</Chip> : <Chip tone="bad">does not parse</Chip>}
                </>
              }
            >
              <ContentEditor draft={draft} onChange={put} />
              {error !== null && (
                <div className="px-3 pb-3">
                  <Problem error={error} />
                </div>
              )}
            </Panel>
            <ExtrasPanel
              parts={draft.parts ?? {}}
              settings={draft.settings ?? ''}
              onParts={(parts) => put({ parts })}
              onSettings={(text) => put({ settings: text })}
            />
          </div>
          <div className="grid min-w-0 content-start gap-3.5">
            <Preview compiled={compiled} draftKey={draftKey} />
            <SavePanel
              title="Save as version 1"
              compiled={compiled}
              isChanged={isWritten}
              wrong={wrong}
              commitMessage={draft.commitMessage}
              onCommitMessage={(commitMessage) => put({ commitMessage })}
              save={save}
              onSaved={({ prompt }) => {
                keep(null);
                say(`${prompt.name} has its first version.`);
                void refreshPrompts();
                void navigate({
                  to: '/prompts/$name',
                  params: { name: prompt.name },
                  search: { tab: 'versions' },
                });
              }}
            />
          </div>
        </div>
      </ScreenBody>
    </Screen>
  );
}

/** Putting an existing prompt would add a version to it, which is not the intent of a new prompt. */
async function assertFree(name: string): Promise<void> {
  const { prompts } = await ledger.prompts.list({ q: name, limit: 1 });
  if (prompts[0]?.name === name) throw nameTaken('prompt', name);
}

function toMessages({ template = '', ...rest }: NewPrompt): NewPrompt {
  return { ...rest, messages: [{ role: 'user', content: template }] };
}

function toText({ messages = [], ...rest }: NewPrompt): NewPrompt {
  return { ...rest, template: messages.map(({ content }) => content).join('\n\n') };
}
