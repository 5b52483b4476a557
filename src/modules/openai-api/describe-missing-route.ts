/** The route that can replace nearly all of OpenAI's others. */
const CHAT = 'POST /openai/v1/chat/completions';

/** Replacements for OpenAI's routes that are not served, keyed by the path segment after `v1`. */
const INSTEAD: Readonly<Record<string, string>> = {
  responses: `The Responses API is not served: use ${CHAT}, which most clients can be told to.`,
  conversations: `The Responses API is not served: send what has been said so far as "messages" to ${CHAT}.`,
  completions: `Completions of the older form are not served: send the prompt as a message to ${CHAT}.`,
  chat: `Completions are made by ${CHAT}, and read again at GET /v1/executions.`,
  batches: `Batches of this form are not served: POST /v1/executions:submit-batch queues many sets of variables at once, and ${CHAT} makes one completion.`,
  assistants: `Assistants are not served: keep prompts with PUT /v1/prompts/{name} and run them as "prompt/name" with ${CHAT}.`,
  threads: `Threads are not served: send what has been said so far as "messages" to ${CHAT}.`,
  engines: `Engines are called models now: GET /openai/v1/models lists them, and ${CHAT} names one.`,
};

/** Parts of OpenAI's API that have no equivalent here. */
const OTHERS = [
  ...['audio', 'containers', 'embeddings', 'evals', 'files', 'fine_tuning', 'images', 'moderations'],
  ...['realtime', 'uploads', 'vector_stores', 'videos'],
];

/**
 * Says what to use instead of a path below `/openai` that does not exist.
 * @param path the path as it was sent.
 */
export function describeMissingRoute(path: string): string {
  const [, version = '', route = ''] = path
    .toLowerCase()
    .split('/')
    .filter((step) => step !== '');
  if (Object.hasOwn(INSTEAD, route) && version === 'v1') return `${INSTEAD[route]}`;
  const what =
    OTHERS.includes(route) && version === 'v1'
      ? `"${route}" is not served`
      : `${quoted(path)} does not exist`;
  return `${what}: the supported routes of OpenAI's API are ${CHAT}, GET /openai/v1/models and GET /openai/v1/models/{id}, for a client whose base URL ends in /openai/v1.`;
}

/** Shortens the path, which may be as long as a request line. */
function quoted(path: string): string {
  return path.length > 100 ? `${path.slice(0, 100)}…` : path;
}
