import type { ChatMessage, ModelSelection, UnsavedContent } from '@prompt-ledger/client';
import { compactJson, readJson } from '../../../api/json-text';
import type { EditedContent } from '../../../ui/editor/content-editor';
import { type JsonParts, toJsonParts, readParts } from '../../../ui/editor/json-parts';
import { type ParamTexts, paramsOfTexts } from './params';
import { Unusable } from '../unusable';

/** The origin of a variant. */
export interface Origin {
  readonly prompt: string;
  readonly version: number;
  /** The content of that version, because an unchanged variant runs as the version itself. */
  readonly content: string;
}

/** One of the contents that are tried side by side, as typed. */
export interface Variant extends EditedContent {
  readonly id: string;
  readonly parts: JsonParts;
  /** `provider/model_name`, several with commas between them, or `route/name`; empty for the project's default. */
  readonly model: string;
  readonly params: ParamTexts;
  /** JSON of the other settings of its version, which stay there. */
  readonly settings?: string;
  /** JSON of its own variables; null when it uses the shared ones. */
  readonly variables: string | null;
  readonly origin: Origin | null;
}

export interface Playground {
  readonly variants: readonly Variant[];
  /** JSON of the shared variables. Null before the first change, while an example is shown. */
  readonly variables: string | null;
}

export const MAX_VARIANTS = 4;
export const NAMES = ['A', 'B', 'C', 'D'] as const;

let made = 0;

/** Returns an id that no other variant in this browser has. */
export function newId(): string {
  made += 1;
  return `${Date.now().toString(36)}-${made}`;
}

export function emptyVariant(): Variant {
  return { id: newId(), template: '', parts: {}, model: '', params: {}, variables: null, origin: null };
}

export const emptyPlayground = (): Playground => ({ variants: [emptyVariant()], variables: null });

/** Whether nothing has been typed yet. */
export function isUntouched({ variants, variables }: Playground): boolean {
  const [only, second] = variants;
  return (
    variables === null &&
    second === undefined &&
    only !== undefined &&
    only.messages === undefined &&
    only.template === '' &&
    only.model === '' &&
    Object.values(only.parts).every((text) => text === '') &&
    Object.values(only.params).every((text) => text === '')
  );
}

/** Returns the content to send. @throws Unusable for a part that is not JSON. */
export function contentOfVariant({ template, messages, parts }: Variant): UnsavedContent {
  const { beside, wrong } = readParts(parts);
  const [first] = wrong;
  if (first !== undefined) throw new Unusable(`“${first}” is not JSON.`);
  return { ...(messages === undefined ? { template_source: template ?? '' } : { messages }), ...beside };
}

/** Returns the templates and parts of an existing content, for editing. */
export function editedContent(content: UnsavedContent): Pick<Variant, 'template' | 'messages' | 'parts'> {
  const parts = toJsonParts(content);
  return content.messages === undefined
    ? { template: content.template_source ?? '', parts }
    : {
        messages: content.messages.map(({ role, content: text }): ChatMessage => ({ role, content: text })),
        parts,
      };
}

/** Returns a text that identifies a version's content, for comparisons. */
export function contentKey(content: UnsavedContent): string {
  const { template, messages, parts } = editedContent(content);
  return compactJson({ template, messages, parts });
}

/** Whether the variant still equals the version that it came from. */
export function isUnchanged(variant: Variant): boolean {
  if (variant.origin === null) return false;
  try {
    return contentKey(contentOfVariant(variant)) === variant.origin.content;
  } catch {
    return false;
  }
}

/** @throws Unusable for a text that names no model. */
export function modelOfText(text: string): ModelSelection | null {
  const names = text.split(',').map((name) => name.trim());
  const [first = ''] = names;
  if (first === '') return null;
  if (first.startsWith('route/')) return { route: first.slice('route/'.length) };
  return names.map((name) => {
    const [provider = '', ...rest] = name.split('/');
    if (provider === '' || rest.length === 0)
      throw new Unusable(`“${name}” is not a model: write provider/model.`);
    return { provider, model_name: rest.join('/') };
  });
}

/** @throws Unusable unless it is a JSON object. */
export function variablesOfText(text: string): Readonly<Record<string, unknown>> {
  const value = readJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new Unusable('The variables are not a JSON object.');
}

/** Returns the settings to save with a version; null for none. @throws Unusable for params that are not JSON. */
export function settingsOfVariant({
  model,
  params,
  settings = '{}',
}: Variant): Readonly<Record<string, unknown>> | null {
  const given = paramsOfTexts(params);
  const others = readJson(settings) as Readonly<Record<string, unknown>>;
  if (model.trim() === '' && given === null && Object.keys(others).length === 0) return null;
  return {
    ...others,
    ...(model.trim() === '' ? {} : { model: model.trim() }),
    ...(given === null ? {} : { params: given }),
  };
}
