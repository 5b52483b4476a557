import type { Execution, UnsavedContent, Version } from '@prompt-ledger/client';
import { compactJson, jsonText } from '../../api/json-text';
import { ledger } from '../../api/ledger';
import { textsOfParams } from './variants/params';
import type { PlaygroundSearch } from './playground-search';
import { Unusable } from './unusable';
import { contentKey, editedContent, newId, type Variant } from './variants/variant';

export interface Opened {
  readonly variant: Variant;
  /** JSON of the variables of an execution; null for a version, which has none. */
  readonly variables: string | null;
  /** Variables whose values were not stored, so that they are `***`. */
  readonly masked: readonly string[];
}

/** Makes a variant from a version or an execution. @throws Unusable where the content was erased. */
export async function openVariant(search: PlaygroundSearch, signal: AbortSignal): Promise<Opened> {
  const { prompt, version, execution } = search;
  if (execution !== undefined)
    return openExecution(await ledger.executions.get(execution, { signal }), signal);
  if (prompt === undefined) throw new Unusable('There is nothing to open.');
  const number = version ?? (await ledger.versions.list(prompt, { signal }))[0]?.version_number ?? 1;
  const found = await ledger.versions.get(prompt, number, { signal });
  return { variant: variantOfVersion(found), variables: null, masked: [] };
}

export function variantOfVersion(version: Version): Variant {
  const { model, params, ...others } = version.settings ?? {};
  return {
    id: newId(),
    ...editedContent(version),
    model: typeof model === 'string' ? model : '',
    params: textsOfParams(params),
    settings: compactJson(others),
    variables: null,
    origin: {
      prompt: version.prompt_name,
      version: version.version_number,
      content: contentKey(version),
    },
  };
}

async function openExecution(execution: Execution, signal: AbortSignal): Promise<Opened> {
  const { version_id: versionId, content, variables, params, masked } = execution;
  const { content_erased_at: erasedAt = null } = execution;
  if (erasedAt !== null)
    throw new Unusable('The content of this execution was erased: nothing is left to open.');
  const ran = { model: modelText(execution), params: textsOfParams(params) };
  const shown = variables === null || compactJson(variables) === '{}' ? null : jsonText(variables);
  if (versionId !== null) {
    const version = await ledger.versions.getById(versionId, { signal });
    return { variant: { ...variantOfVersion(version), ...ran }, variables: shown, masked };
  }
  const bare = content ?? { ...sentContent(execution), ...execution.extras };
  const variant = { id: newId(), ...editedContent(bare), ...ran, variables: null, origin: null };
  return { variant, variables: shown, masked };
}

/** Makes templates that render to messages which were sent without a template. */
function sentContent({ messages, rendered_prompt: text }: Execution): UnsavedContent {
  if (messages === undefined || messages === null) return { template_source: literal(text ?? '') };
  const kept = messages.filter(({ role }) => ['system', 'user', 'assistant'].includes(role));
  if (kept.length < messages.length) {
    throw new Unusable('It has results of tools among its messages, which a prompt cannot hold.');
  }
  return { messages: kept.map(({ role, content }) => ({ role, content: literal(content) })) };
}

/** Returns a template that renders to exactly this text. */
function literal(text: string): string {
  return text.replace(/\{[{%]/g, (opening) => `{{ "${opening}" }}`);
}

function modelText({ models, model, route }: Execution): string {
  if (route !== null) return `route/${route}`;
  return (models ?? [model]).map(({ provider, model_name: name }) => `${provider}/${name}`).join(', ');
}
