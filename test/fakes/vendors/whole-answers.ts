/** Makes one document from the events of the same answer, because a fake, like a vendor, says the same both ways. */

type Json = Record<string, unknown>;

/** Returns the data of the server-sent events in a text, without an end mark. */
export function eventData(text: string): Json[] {
  return text
    .split(/\r?\n\r?\n/)
    .flatMap((event) => event.split(/\r?\n/).filter((line) => line.startsWith('data:')))
    .map((line) => line.slice('data:'.length).trim())
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as Json);
}

/** Makes a chat completion from its chunks. */
export function toChatCompletion(chunks: readonly Json[]): Json {
  const message: Json = { role: 'assistant', content: null, refusal: null };
  const calls: { index: unknown; id: unknown; function: Json }[] = [];
  let finish_reason: unknown = null;
  for (const chunk of chunks) {
    const [choice] = (chunk['choices'] ?? []) as { delta?: Json; finish_reason?: unknown }[];
    finish_reason = choice?.finish_reason ?? finish_reason;
    const { content, refusal, tool_calls = [] } = choice?.delta ?? {};
    if (typeof content === 'string') message['content'] = joined(message['content'], content);
    if (typeof refusal === 'string') message['refusal'] = joined(message['refusal'], refusal);
    for (const piece of (tool_calls ?? []) as { index?: unknown; id?: unknown; function?: Json }[]) {
      // Some servers give all their calls the index 0.
      const known = calls.findLast(({ index, id }) => index === piece.index && id === (piece.id ?? id));
      const call = known ?? { index: piece.index, id: piece.id, function: {} };
      if (known === undefined) calls.push(call);
      call.function['name'] ??= piece.function?.['name'];
      call.function['arguments'] = joined(call.function['arguments'], piece.function?.['arguments'] ?? '');
    }
  }
  if (calls.length > 0) {
    message['tool_calls'] = calls.map(({ id, function: called }) => ({
      id,
      type: 'function',
      function: called,
    }));
  }
  return {
    ...Object.assign({}, ...chunks.map(withoutNulls)),
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason }],
  } as Json;
}

/** Makes a message of Anthropic's from its events. */
export function toMessage(events: readonly Json[]): Json {
  const content: Json[] = [];
  const inputs = new Map<Json, string>();
  let message: Json = {};
  for (const event of events) {
    const block = content[event['index'] as number] ?? {};
    const delta = (event['delta'] ?? {}) as Json;
    if (event['type'] === 'message_start') message = event['message'] as Json;
    if (event['type'] === 'content_block_start')
      content[event['index'] as number] = { ...(event['content_block'] as Json) };
    for (const field of ['text', 'thinking']) {
      if (typeof delta[field] === 'string') block[field] = joined(block[field], delta[field]);
    }
    if (typeof delta['partial_json'] === 'string') {
      inputs.set(block, joined(inputs.get(block), delta['partial_json']));
    }
    if (event['type'] === 'message_delta') {
      const usage = { ...(message['usage'] as Json), ...withoutNulls((event['usage'] ?? {}) as Json) };
      message = { ...message, ...delta, usage };
    }
  }
  for (const [block, json] of inputs) if (json !== '') block['input'] = JSON.parse(json) as unknown;
  return { ...message, content };
}

/** Makes the answer of `generateContent` from the documents of `streamGenerateContent`. */
export function toGeneratedContent(chunks: readonly Json[]): Json {
  const candidates = chunks.map((chunk) => ((chunk['candidates'] ?? []) as Json[])[0] ?? {});
  const parts = candidates.flatMap(({ content }) => ((content ?? {}) as { parts?: Json[] }).parts ?? []);
  const candidate = { ...(Object.assign({}, ...candidates) as Json), content: { parts, role: 'model' } };
  const whole = Object.assign({}, ...chunks) as Json;
  return chunks.some((chunk) => 'candidates' in chunk) ? { ...whole, candidates: [candidate] } : whole;
}

function joined(before: unknown, piece: unknown): string {
  return (typeof before === 'string' ? before : '') + String(piece);
}

function withoutNulls(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== ''));
}
