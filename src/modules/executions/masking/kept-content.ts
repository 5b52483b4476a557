import type { SentMessage } from '../../../entities/index.js';
import { heavyWork, LedgerError, parseJson } from '../../../kernel/index.js';
import type { CompiledPrompt } from '../../../templating/index.js';
import { withoutCheck } from '../../versions/index.js';
import { joinMessages, type SentPrompt } from '../facts/sent-prompt.js';
import type { MaskedVariables } from './mask-variables.js';
import { MASKED, type ValueMask } from './value-mask.js';

/** The content that is stored with an execution in place of what is sent. */
export interface KeptContent {
  readonly variablesJson: string;
  readonly rendered: SentPrompt;
  /** The paths of the masked variables. */
  readonly masked: readonly string[];
  /** Masks later texts: answers and error messages. */
  readonly values: ValueMask;
}

/**
 * Renders the prompt again with the masked variables, so that no filter of the template can bring a part of a value into the
 * record. A template may fail with them, for instance because it takes another branch and misses a variable there. Then its
 * messages are masked as a whole.
 * @param sent what the provider gets.
 */
export async function keepMasked(
  compiled: CompiledPrompt,
  { json, paths, values }: MaskedVariables,
  sent: SentPrompt,
  options: { readonly maxRenderedBytes: number; readonly further: readonly SentMessage[] | null },
): Promise<KeptContent> {
  const { maxRenderedBytes, further } = options;
  const own = await renderMasked(compiled, json, maxRenderedBytes);
  const rendered = own === null ? hideAll(sent) : withFurther(own, further);
  return { variablesJson: json, rendered: maskPrompt(rendered, values), masked: paths, values };
}

function withFurther(own: SentPrompt, further: readonly SentMessage[] | null): SentPrompt {
  return further === null ? own : { kind: 'chat', messages: joinMessages(own, further) };
}

async function renderMasked(
  compiled: CompiledPrompt,
  json: string,
  maxRenderedBytes: number,
): Promise<SentPrompt | null> {
  try {
    const variables = parseJson(json) as Record<string, unknown>;
    return await heavyWork.runSteps(
      // Masked variables need not match the schema that the real ones match.
      withoutCheck(compiled).renderInSteps(variables, { maxRenderedBytes }),
    );
  } catch (error) {
    if (error instanceof LedgerError) return null;
    throw error;
  }
}

function hideAll(sent: SentPrompt): SentPrompt {
  if (sent.kind === 'text') return { kind: 'text', text: MASKED };
  return { kind: 'chat', messages: sent.messages.map(({ role }) => ({ role, content: MASKED })) };
}

/** Masks what is left, because a value may recur in another variable or in a message of the request. */
function maskPrompt(rendered: SentPrompt, values: ValueMask): SentPrompt {
  if (rendered.kind === 'text') return { kind: 'text', text: values.maskText(rendered.text) };
  const messages: readonly SentMessage[] = rendered.messages;
  return {
    kind: 'chat',
    messages: messages.map(({ role, ...rest }) => ({ role, ...values.maskData(rest) })),
  };
}
