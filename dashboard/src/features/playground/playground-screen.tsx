import { getRouteApi } from '@tanstack/react-router';
import { Play, Plus, Square } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useMay, useMe } from '../../api/use-session';
import { Button } from '../../ui/controls/button';
import { Kbd } from '../../ui/controls/kbd';
import { EmptyState } from '../../ui/empty-state';
import { useDraft } from '../../ui/hooks/use-draft';
import { Problem } from '../../ui/problem';
import { Screen, ScreenBody } from '../../ui/screen';
import { ComparePanel } from './compare-panel';
import { DatasetDialog } from './dataset-dialog';
import { requestOfVariant } from './request';
import { runStore, useAnyRunning } from './variants/run-store';
import { SaveDialog } from './save-dialog';
import { SharedVariables } from './shared-variables';
import { useOpened } from './use-opened';
import { variablesText } from './variables-text';
import {
  emptyPlayground,
  MAX_VARIANTS,
  NAMES,
  newId,
  type Playground,
  type Variant,
} from './variants/variant';
import { VariantColumn } from './variants/variant-column';

const route = getRouteApi('/playground');

/** Tries prompts side by side: up to four contents, models and params, on shared variables or their own. */
export function PlaygroundScreen() {
  const mayRun = useMay('executions:run');
  if (!mayRun) {
    return (
      <Screen title="Playground">
        <EmptyState title="Your role may not run prompts">
          Ask an admin of the project for the role of a runner.
        </EmptyState>
      </Screen>
    );
  }
  return <Shown />;
}

function Shown() {
  const { project } = useMe();
  const [kept, keep] = useDraft<Playground>(`playground ${project?.project_id ?? ''}`);
  const [first] = useState(emptyPlayground);
  const playground = kept ?? first;
  const opened = useOpened(route.useSearch(), playground, keep);
  const [asked, setAsked] = useState<{ readonly what: 'save' | 'dataset'; readonly id: string } | null>(null);
  const { variants } = playground;
  const isRunning = useAnyRunning(variants);
  const put = (variant: Variant) =>
    keep({ ...playground, variants: variants.map((other) => (other.id === variant.id ? variant : other)) });
  const run = async (variant: Variant) => {
    try {
      runStore.start(variant.id, requestOfVariant(variant, await variablesText(playground)));
    } catch (error) {
      runStore.fail(variant.id, error);
    }
  };
  const runAll = () => variants.forEach((variant) => void run(variant));
  const stopAll = () => variants.forEach(({ id }) => runStore.stop(id));
  useRunKey(runAll);
  const add = (from: Variant) => {
    const copy = { ...from, id: newId() };
    const at = variants.indexOf(from);
    keep({ ...playground, variants: variants.toSpliced(at + 1, 0, copy) });
  };
  const remove = ({ id }: Variant) => {
    runStore.stop(id);
    keep({ ...playground, variants: variants.filter((other) => other.id !== id) });
  };
  const chosen = asked === null ? undefined : variants.find(({ id }) => id === asked.id);
  const last = variants.at(-1);
  return (
    <Screen
      title="Playground"
      chips={<span className="hidden text-ink-3 md:inline">environment playground</span>}
      actions={
        <>
          {kept !== null && (
            <Button
              tone="ghost"
              onClick={() => {
                stopAll();
                keep(null);
              }}
            >
              Start anew
            </Button>
          )}
          {variants.length < MAX_VARIANTS && last !== undefined && (
            <Button onClick={() => add(last)}>
              <Plus size={14} aria-hidden /> Add a variant
            </Button>
          )}
          {isRunning && (
            <Button onClick={stopAll}>
              <Square size={13} aria-hidden /> Stop all
            </Button>
          )}
          <Button tone="primary" onClick={runAll}>
            <Play size={13} aria-hidden /> {variants.length === 1 ? 'Run' : 'Run all'}{' '}
            <Kbd isOnAccent>⇧⏎</Kbd>
          </Button>
        </>
      }
    >
      <ScreenBody label="Playground">
        <div className="grid gap-3.5">
          {opened.error !== null && <Problem error={opened.error} onRetry={opened.retry} />}
          {opened.isFull && (
            <div
              role="status"
              className="flex flex-wrap items-center gap-2 rounded-md bg-warn-soft px-3 py-2 text-warn"
            >
              There are four variants already. What you open can take the place of the last one.
              <Button onClick={opened.replaceLast}>{`Replace ${NAMES[3]}`}</Button>
              <Button tone="ghost" onClick={opened.dismiss}>
                Leave it
              </Button>
            </div>
          )}
          <SharedVariables
            playground={playground}
            onChange={(variables) => keep({ ...playground, variables })}
          />
          <div className="overflow-x-auto pb-1">
            <div
              className="grid gap-3.5 max-md:grid-cols-1!"
              style={{ gridTemplateColumns: `repeat(${variants.length}, minmax(290px, 1fr))` }}
            >
              {variants.map((variant, at) => (
                <VariantColumn
                  key={variant.id}
                  name={NAMES[at] ?? '?'}
                  variant={variant}
                  playground={playground}
                  onChange={put}
                  onRun={() => void run(variant)}
                  onCopy={variants.length < MAX_VARIANTS ? () => add(variant) : null}
                  onRemove={variants.length > 1 ? () => remove(variant) : null}
                  onSave={() => setAsked({ what: 'save', id: variant.id })}
                  onDataset={() => setAsked({ what: 'dataset', id: variant.id })}
                />
              ))}
            </div>
          </div>
          <ComparePanel variants={variants} />
        </div>
      </ScreenBody>
      {asked?.what === 'save' && chosen !== undefined && (
        <SaveDialog variant={chosen} onSaved={put} onClose={() => setAsked(null)} />
      )}
      {asked?.what === 'dataset' && chosen !== undefined && (
        <DatasetDialog variant={chosen} onClose={() => setAsked(null)} />
      )}
    </Screen>
  );
}

/** Handles ⇧⏎ wherever the focus is, even in an editor, where it would otherwise be a line break. */
function useRunKey(onPress: () => void): void {
  const latest = useRef(onPress);
  useEffect(() => {
    latest.current = onPress;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !event.shiftKey || event.metaKey || event.ctrlKey || event.altKey) return;
      // A dialog has its own fields.
      if ((event.target as Element | null)?.closest('[role=dialog]') != null) return;
      event.preventDefault();
      event.stopPropagation();
      latest.current();
    };
    window.addEventListener('keydown', listen, { capture: true });
    return () => window.removeEventListener('keydown', listen, { capture: true });
  }, []);
}
