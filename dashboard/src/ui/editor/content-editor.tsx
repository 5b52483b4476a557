import type { ChatMessage } from '@prompt-ledger/client';
import { Plus, Trash2 } from 'lucide-react';
import { Button } from '../controls/button';
import { Select } from '../controls/field';
import { CodeEditor } from './code-editor';

const ROLES = ['system', 'user', 'assistant'] as const;

/** A text or messages, never both. */
export interface EditedContent {
  readonly template?: string;
  readonly messages?: readonly ChatMessage[];
}

/** Edits a text, or messages one below the other. */
export function ContentEditor<Draft extends EditedContent>({
  draft,
  onChange,
}: {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}) {
  const { messages } = draft;
  if (messages === undefined) {
    return (
      <div className="p-3">
        <CodeEditor
          label="Template"
          value={draft.template ?? ''}
          onChange={(template) => onChange({ ...draft, template })}
        />
      </div>
    );
  }
  const put = (changed: readonly ChatMessage[]) => onChange({ ...draft, messages: changed });
  return (
    <div className="grid gap-3 p-3">
      {messages.map((message, at) => (
        // Messages have no identity except their position.
        <div key={`${at}`} className="grid min-w-0 gap-1.5">
          <div className="flex items-center gap-2">
            <Select
              aria-label={`Role of message ${at + 1}`}
              value={message.role}
              onChange={({ target }) =>
                put(
                  messages.with(at, {
                    ...message,
                    role: ROLES.find((role) => role === target.value) ?? 'user',
                  }),
                )
              }
            >
              {ROLES.map((role) => (
                <option key={role}>{role}</option>
              ))}
            </Select>
            <span className="grow" />
            {messages.length > 1 && (
              <Button
                tone="ghost"
                aria-label={`Remove message ${at + 1}`}
                onClick={() => put(messages.toSpliced(at, 1))}
              >
                <Trash2 size={14} aria-hidden />
              </Button>
            )}
          </div>
          <CodeEditor
            label={`Message ${at + 1}`}
            value={message.content}
            onChange={(content) => put(messages.with(at, { ...message, content }))}
          />
        </div>
      ))}
      <div>
        <Button onClick={() => put([...messages, { role: 'user', content: '' }])}>
          <Plus size={14} aria-hidden /> Add a message
        </Button>
      </div>
    </div>
  );
}
