import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { Annotation, Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap } from '@codemirror/view';
import { useEffect, useRef, useState } from 'react';
import type { ControlProps } from '../form/form';
import { nonce } from '../nonce';
import { liquidColours } from './liquid-colours';

interface CodeEditorProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Whether the text is plain, not Liquid. */
  readonly isPlain?: boolean;
  /** The attributes that connect the editor to the field of a form. */
  readonly field?: ControlProps;
}

const THEME = EditorView.theme({
  '&': { backgroundColor: 'var(--code)', color: 'var(--ink)', borderRadius: '6px', fontSize: '12px' },
  '&.cm-focused': { outline: '2px solid var(--accent)' },
  '.cm-content': {
    fontFamily: 'var(--font-mono, ui-monospace, monospace)',
    lineHeight: '1.55',
    padding: '10px 4px',
    caretColor: 'var(--ink)',
    minHeight: '84px',
  },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft)',
  },
});

/** Marks a change that comes from the value, which nobody typed. */
const FromValue = Annotation.define<true>();

/** An editor for Liquid or plain text. Tab leaves it, as in every other field, and so does Escape followed by Tab. */
export function CodeEditor({ label, value, onChange, isPlain = false, field }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const [fieldAttributes] = useState(() => new Compartment());
  const changed = useRef(onChange);
  useEffect(() => {
    changed.current = onChange;
  });
  useEffect(() => {
    if (host.current === null) return undefined;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: '',
        extensions: [
          history(),
          drawSelection(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          isPlain ? [] : liquidColours,
          EditorView.lineWrapping,
          EditorView.cspNonce.of(nonce),
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-multiline': 'true' }),
          fieldAttributes.of([]),
          EditorView.updateListener.of((update) => {
            // If it were reported, a value that is about to change would become a draft of somebody who typed nothing.
            const isTyped = !update.transactions.some((each) => each.annotation(FromValue) === true);
            if (update.docChanged && isTyped) changed.current(update.state.doc.toString());
          }),
          THEME,
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [label, isPlain, fieldAttributes]);
  const { id, 'aria-invalid': isInvalid = false, 'aria-describedby': notes } = field ?? {};
  useEffect(() => {
    const attributes = EditorView.contentAttributes.of({
      ...(id === undefined ? {} : { id }),
      ...(notes === undefined ? {} : { 'aria-describedby': notes }),
      ...(isInvalid && { 'aria-invalid': 'true' }),
    });
    view.current?.dispatch({ effects: fieldAttributes.reconfigure(attributes) });
  }, [label, isPlain, fieldAttributes, id, isInvalid, notes]);
  useEffect(() => {
    const editor = view.current;
    // The editor uses its own line breaks, so a foreign `\r\n` would count as a change.
    if (editor === null || editor.state.doc.toString() === value) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: value },
      annotations: FromValue.of(true),
    });
  }, [value, label, isPlain]);
  return <div ref={host} />;
}
