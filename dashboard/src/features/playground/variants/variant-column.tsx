import { Link } from '@tanstack/react-router';
import { Copy, Play, Save, Square, Trash2 } from 'lucide-react';
import { useMay } from '../../../api/use-session';
import { Chip } from '../../../ui/chip';
import { Button } from '../../../ui/controls/button';
import { Select } from '../../../ui/controls/field';
import { ContentEditor } from '../../../ui/editor/content-editor';
import { Panel } from '../../../ui/panel';
import { AnswerPanel } from './answer-panel';
import { ModelField } from './model-field';
import { runStore, useRun } from './run-store';
import { VariablesField } from '../shared-variables';
import { exampleText, variablesText } from '../variables-text';
import { isUnchanged, type Playground, type Variant } from './variant';
import { VariantSettings } from './variant-settings';

/** One variant: what is sent, how, and what came back. */
export function VariantColumn({
  name,
  variant,
  playground,
  onChange,
  onRun,
  onCopy,
  onRemove,
  onSave,
  onDataset,
}: {
  /** A to D. */
  readonly name: string;
  readonly variant: Variant;
  readonly playground: Playground;
  readonly onChange: (variant: Variant) => void;
  readonly onRun: () => void;
  /** Null when there is no room for another variant. */
  readonly onCopy: (() => void) | null;
  /** Null for the only variant. */
  readonly onRemove: (() => void) | null;
  readonly onSave: () => void;
  readonly onDataset: () => void;
}) {
  const maySave = useMay('prompts:write');
  const run = useRun(variant.id);
  const isRunning = run?.state === 'running';
  return (
    <div role="group" aria-label={`Variant ${name}`} className="grid min-w-0 content-start gap-3.5">
      <Panel
        title={
          <span className="grid size-5 place-items-center rounded-md bg-accent-soft text-[11.5px] text-accent">
            {name}
          </span>
        }
        note={<OriginNote variant={variant} />}
        aside={
          <>
            {onCopy !== null && (
              <Button tone="ghost" aria-label={`Copy variant ${name}`} title="Copy" onClick={onCopy}>
                <Copy size={14} aria-hidden />
              </Button>
            )}
            {onRemove !== null && (
              <Button tone="ghost" aria-label={`Remove variant ${name}`} title="Remove" onClick={onRemove}>
                <Trash2 size={14} aria-hidden />
              </Button>
            )}
            {maySave && (
              <Button aria-label={`Save variant ${name} as a version`} onClick={onSave}>
                <Save size={13} aria-hidden /> Save
              </Button>
            )}
            {isRunning ? (
              <Button aria-label={`Stop variant ${name}`} onClick={() => runStore.stop(variant.id)}>
                <Square size={13} aria-hidden /> Stop
              </Button>
            ) : (
              <Button aria-label={`Run variant ${name}`} onClick={onRun}>
                <Play size={13} aria-hidden /> Run
              </Button>
            )}
          </>
        }
      >
        <div className="flex flex-wrap items-end gap-2 border-b p-3">
          <div className="min-w-0 grow">
            <ModelField model={variant.model} onChange={(model) => onChange({ ...variant, model })} />
          </div>
          <Select
            aria-label="Kind"
            value={variant.messages === undefined ? 'text' : 'chat'}
            onChange={({ target }) =>
              onChange(target.value === 'text' ? toText(variant) : toMessages(variant))
            }
          >
            <option value="text">A text</option>
            <option value="chat">Messages</option>
          </Select>
        </div>
        <ContentEditor draft={variant} onChange={onChange} />
        <VariantSettings variant={variant} onChange={onChange} />
        {playground.variants.length > 1 && (
          <div className="grid gap-2 border-t p-3">
            <label className="flex items-center gap-2 text-ink-2">
              <input
                type="checkbox"
                checked={variant.variables !== null}
                onChange={({ target }) => {
                  if (!target.checked) onChange({ ...variant, variables: null });
                  else
                    void ownText(variant, playground).then((variables) =>
                      onChange({ ...variant, variables }),
                    );
                }}
              />
              Variables of its own
            </label>
            {variant.variables !== null && (
              <VariablesField
                label="Variables of this one"
                text={variant.variables}
                onChange={(variables) => onChange({ ...variant, variables })}
              />
            )}
          </div>
        )}
      </Panel>
      <AnswerPanel name={name} run={run} onRun={onRun} onDataset={onDataset} />
    </div>
  );
}

function OriginNote({ variant }: { readonly variant: Variant }) {
  const { origin } = variant;
  if (origin === null) return null;
  return (
    <>
      <Link
        to="/prompts/$name"
        params={{ name: origin.prompt }}
        search={{ tab: 'versions', version: origin.version }}
        className="break-all text-ink-2"
      >
        {`${origin.prompt} v${origin.version}`}
      </Link>{' '}
      {!isUnchanged(variant) && <Chip tone="warn">changed</Chip>}
    </>
  );
}

async function ownText(variant: Variant, playground: Playground): Promise<string> {
  const shared = await variablesText(playground);
  return shared === '{}' ? exampleText([variant]) : shared;
}

function toMessages({ template = '', ...rest }: Variant): Variant {
  return { ...rest, messages: [{ role: 'user', content: template }] };
}

function toText({ messages = [], ...rest }: Variant): Variant {
  return { ...rest, template: messages.map(({ content }) => content).join('\n\n') };
}
