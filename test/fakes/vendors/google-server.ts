import {
  countWords,
  serverSentEvent,
  unknownField,
  VendorServer,
  type VendorRequest,
} from './vendor-server.js';
import { toGeneratedContent } from './whole-answers.js';

/** The fields of `generateContent` and `streamGenerateContent` that a text client may send; the vendor refuses others by name. */
const FIELDS = ['contents', 'systemInstruction', 'generationConfig', 'tools', 'toolConfig'];
const CONFIG_FIELDS = [
  ...['maxOutputTokens', 'temperature', 'topP', 'topK', 'stopSequences', 'seed'],
  ...['responseMimeType', 'responseJsonSchema'],
];

const STATUSES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

interface Content {
  readonly role?: string;
  readonly parts: readonly { readonly text?: string }[];
}

/** Starts Google's Gemini API on loopback. With an `apiKey`, every other key gets its 400. */
export function startGoogleServer(apiKey: string): Promise<VendorServer> {
  return VendorServer.start({
    attemptIdHeader: 'x-client-request-id',
    requestIdHeader: null,
    refuse: ({ method, path, headers, body }) => {
      if (
        method !== 'POST' ||
        !/^\/v1beta\/models\/[^/:]+:(generateContent|streamGenerateContent\?alt=sse)$/.test(path)
      ) {
        return { status: 404, message: 'Requested entity was not found.' };
      }
      if (headers['x-goog-api-key'] !== apiKey) {
        return { status: 400, message: 'API key not valid. Please pass a valid API key.' };
      }
      const config = body['generationConfig'] ?? {};
      const unknown = unknownField(body, FIELDS) ?? unknownField(config, CONFIG_FIELDS);
      if (unknown !== undefined) {
        return { status: 400, message: `Invalid JSON payload received. Unknown name "${unknown}"` };
      }
      if (contentsOf(body).length > 0) return null;
      return { status: 400, message: '* GenerateContentRequest.contents: contents is not specified' };
    },
    errorBody: (code, message) => ({
      error: { code, message, status: STATUSES[code] ?? 'INVALID_ARGUMENT' },
    }),
    answer: answerOf,
    isStreamed: ({ path }) => path.includes(':streamGenerateContent'),
    toDocument: toGeneratedContent,
  });
}

function answerOf({ number, path, body }: VendorRequest): string[] {
  const said = contentsOf(body);
  const asked =
    said
      .at(-1)
      ?.parts.map(({ text }) => text)
      .join('') ?? '';
  const promptTokenCount = said.reduce((sum, { parts }) => sum + countWords(parts[0]?.text ?? ''), 0);
  const chunk = (text: string, more: object, counts: object): string =>
    serverSentEvent({
      candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0, ...more }],
      usageMetadata: { promptTokenCount, ...counts },
      modelVersion: /models\/([^:]+):/.exec(path)?.[1],
      responseId: `response-${number}`,
    });
  return [
    chunk('You said: ', {}, {}),
    chunk(asked, { finishReason: 'STOP' }, { candidatesTokenCount: countWords(`You said: ${asked}`) }),
  ];
}

function contentsOf(body: VendorRequest['body']): readonly Content[] {
  return (body['contents'] ?? []) as Content[];
}
