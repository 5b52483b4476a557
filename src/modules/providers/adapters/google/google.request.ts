import type {
  Content,
  FunctionCallingConfig,
  FunctionCallingConfigMode,
  GenerationConfig,
  Part,
  Tool,
  ToolConfig,
} from '@google/genai';
import {
  ProviderError,
  type ProviderMessage,
  type ProviderRequest,
  type ProviderResponseFormat,
  type ProviderToolCall,
} from '../../provider.contract.js';
import { parseArguments, objectOrNull } from '../vendor/vendor-tools.js';

/** The body shared by `generateContent` and `streamGenerateContent`. */
export interface ContentBody {
  readonly contents: readonly Content[];
  readonly systemInstruction?: Content;
  readonly tools?: readonly Tool[];
  readonly toolConfig?: ToolConfig;
  readonly generationConfig: GenerationConfig;
}

/**
 * From Gemini 3 on, a tool call sent back needs the signature of the thoughts before it. A chat that may have used any vendor has none.
 * Google documents this placeholder (guide "Thought signatures") for that case.
 */
const NO_SIGNATURE = 'skip_thought_signature_validator';

/**
 * Builds the body with nothing added, field for field in the order in which the vendor's own SDK sends it.
 * @throws ProviderError `provider_rejected` for a chat or an option that Gemini cannot express.
 */
export function toContentBody(request: ProviderRequest): ContentBody {
  const { modelName, messages, params, responseFormat } = request;
  const system = messages.filter(({ role }) => role === 'system');
  const turns = messages.filter(({ role }) => role !== 'system');
  if (turns.length === 0) throw unsendable('contents are required');
  return {
    contents: toContents(turns, modelName),
    // Gemini has one field for system messages, wherever in the chat they were.
    ...(system.length === 0
      ? {}
      : { systemInstruction: { parts: system.map(({ content }) => ({ text: content })) } }),
    ...toolFields(request),
    generationConfig: {
      ...(params.temperature === undefined ? {} : { temperature: params.temperature }),
      ...(params.top_p === undefined ? {} : { topP: params.top_p }),
      ...(params.top_k === undefined ? {} : { topK: params.top_k }),
      ...(params.max_new_tokens === undefined ? {} : { maxOutputTokens: params.max_new_tokens }),
      ...(params.stop === undefined ? {} : { stopSequences: [...params.stop] }),
      ...(params.seed === undefined ? {} : { seed: params.seed }),
      ...(responseFormat === undefined ? {} : formatFields(responseFormat)),
    },
  };
}

/**
 * Returns a model's path segment.
 * @throws ProviderError `provider_rejected` for a name that would lead elsewhere.
 */
export function toModelPath(modelName: string): string {
  if (/\.\.|[?&]/.test(modelName)) throw unsendable('invalid model parameter');
  return /^(models|tunedModels)\//.test(modelName) ? modelName : `models/${modelName}`;
}

/** The results of one turn's calls must share one content, and name the function that was called. */
function toContents(messages: readonly ProviderMessage[], modelName: string): Content[] {
  const contents: Content[] = [];
  const names = new Map<string, string>();
  let results: Part[] | null = null;
  for (const message of messages) {
    for (const { id, name } of message.toolCalls ?? []) names.set(id, name);
    if (message.role !== 'tool') {
      results = null;
      contents.push(toContent(message, modelName));
      continue;
    }
    if (results === null) contents.push({ parts: (results = []), role: 'user' });
    results.push(toResultPart(message, names));
  }
  return contents;
}

function toContent({ role, content, toolCalls = [] }: ProviderMessage, modelName: string): Content {
  const calls = toolCalls.map((call, index) => toCallPart(call, index === 0 && needsSignature(modelName)));
  // A turn that only makes calls has no text.
  const text = content === '' && calls.length > 0 ? [] : [{ text: content }];
  return { parts: [...text, ...calls], role: role === 'assistant' ? 'model' : 'user' };
}

function toCallPart(call: ProviderToolCall, signed: boolean): Part {
  return {
    functionCall: { args: parseArguments(call), id: call.id, name: call.name },
    ...(signed ? { thoughtSignature: NO_SIGNATURE } : {}),
  };
}

/** Only the first of parallel calls has a signature. */
function needsSignature(modelName: string): boolean {
  return /^gemini-(?![12](\.|-|$))/.test(modelName);
}

function toResultPart(
  { content, toolCallId = '' }: ProviderMessage,
  names: ReadonlyMap<string, string>,
): Part {
  const name = names.get(toolCallId);
  if (name === undefined) throw unsendable('a result of a tool has no call before it');
  return {
    functionResponse: { id: toolCallId, name, response: objectOrNull(content) ?? { output: content } },
  };
}

function toolFields(request: ProviderRequest): Pick<ContentBody, 'tools' | 'toolConfig'> {
  const { tools = [], toolChoice, parallelToolCalls } = request;
  if (tools.length === 0) return {};
  if (parallelToolCalls === false) throw unsendable('Gemini cannot be kept from calling tools in parallel');
  const functionDeclarations = tools.map(({ name, description, parameters }) => ({
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parametersJsonSchema: parameters }),
  }));
  return {
    tools: [{ functionDeclarations }],
    ...(toolChoice === undefined
      ? {}
      : { toolConfig: { functionCallingConfig: toCallingConfig(toolChoice) } }),
  };
}

function toCallingConfig(choice: NonNullable<ProviderRequest['toolChoice']>): FunctionCallingConfig {
  // The enum would load the SDK at run time. Its values are these words.
  const mode = (word: 'AUTO' | 'ANY' | 'NONE'): FunctionCallingConfigMode =>
    word as FunctionCallingConfigMode;
  if (typeof choice === 'object') return { allowedFunctionNames: [choice.name], mode: mode('ANY') };
  if (choice === 'required') return { mode: mode('ANY') };
  return { mode: mode(choice === 'none' ? 'NONE' : 'AUTO') };
}

/** Gemini's format has no name and no description, and is always strict. */
function formatFields(
  format: ProviderResponseFormat,
): Pick<GenerationConfig, 'responseMimeType' | 'responseJsonSchema'> {
  const schema = format.type === 'json_schema' ? { responseJsonSchema: format.schema } : {};
  return { responseMimeType: 'application/json', ...schema };
}

function unsendable(reason: string): ProviderError {
  return new ProviderError('provider_rejected', `The request could not be sent: ${reason}.`);
}
