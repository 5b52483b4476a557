import { ProviderSetupError } from '../../errors.js';
import { PARAM_NAMES, type ParamName } from '../../provider.contract.js';
import { COMPATIBLE_VENDOR_PARAMS, OPENAI_PARAMS } from '../openai/openai-chat.js';
import { OBFUSCATION } from '../openai/openai.request.js';
import { isHttpAddress } from '../vendor/vendor-settings.js';

/** One server that speaks OpenAI's chat completions, as the operator configured it. */
export interface CompatibleServer {
  /** The provider's id. */
  readonly id: string;
  /** Includes `/v1` if the server needs it. */
  readonly baseUrl: string;
  /** The variable with the server's key; null for a server without one. */
  readonly keyVariable: string | null;
  readonly params: readonly ParamName[];
  /** Whether `stream_options.include_usage` is sent. */
  readonly asksForUsage: boolean;
  /** Members of OpenAI's API beyond the contract that the server accepts. */
  readonly vendorParams: readonly string[];
}

const ID = /^[a-z][a-z0-9-]*$/;
const VARIABLE = /^[A-Z_][A-Z0-9_]*$/i;
const FIELDS = ['id', 'base_url', 'api_key_env', 'params', 'stream_usage', 'vendor_params'];
const EXAMPLE = 'groq=https://api.groq.com/openai/v1|GROQ_API_KEY';

/**
 * Reads OPENAI_COMPATIBLE, in either form:
 *
 *     groq=https://api.groq.com/openai/v1|GROQ_API_KEY, ollama=http://localhost:11434/v1
 *     [{"id": "vllm", "base_url": "http://gpu:8000/v1", "api_key_env": "VLLM_KEY", "params": ["top_k"], "stream_usage": false}]
 *
 * @param taken ids of other providers
 * @throws ProviderSetupError, which refuses the boot, naming the entry and what to write instead.
 */
export function readCompatibleServers(setting: string, taken: readonly string[]): CompatibleServer[] {
  const entries = setting.trimStart().startsWith('[') ? readJson(setting) : readList(setting);
  const seen = new Set<string>();
  for (const { id } of entries) {
    if (taken.includes(id)) fail(`the id "${id}" belongs to a provider of the house; choose another`);
    if (seen.has(id)) fail(`the id "${id}" is used twice; rename one`);
    seen.add(id);
  }
  return entries;
}

function readList(setting: string): CompatibleServer[] {
  const items = setting.split(',').map((item) => item.trim());
  return items.filter((item) => item !== '').map(readItem);
}

function readItem(item: string): CompatibleServer {
  const equals = item.indexOf('=');
  // The message does not repeat the item, which may be a key written in place of a variable's name.
  if (equals === -1) fail(`an entry has no "="; write it like ${EXAMPLE}`);
  const id = item.slice(0, equals).trim();
  const [baseUrl = '', keyVariable, ...rest] = item
    .slice(equals + 1)
    .split('|')
    .map((part) => part.trim());
  if (rest.length > 0) fail(`the entry "${id}" has more than one "|"; write it like ${EXAMPLE}`);
  return checked({
    id,
    base_url: baseUrl,
    ...(keyVariable === undefined ? {} : { api_key_env: keyVariable }),
  });
}

function readJson(setting: string): CompatibleServer[] {
  const entries = parseJson(setting);
  if (!Array.isArray(entries)) fail('its JSON is not a list');
  return entries.map((entry: unknown) => {
    if (typeof entry === 'object' && entry !== null && !Array.isArray(entry)) {
      return checked(entry as Record<string, unknown>);
    }
    return fail('each entry of its JSON must be an object with "id" and "base_url"');
  });
}

/** The parser's own message would quote the text. */
function parseJson(setting: string): unknown {
  try {
    return JSON.parse(setting);
  } catch {
    return fail('it begins with "[" but is not valid JSON');
  }
}

function checked(entry: Record<string, unknown>): CompatibleServer {
  const { id, base_url, api_key_env = null, params = OPENAI_PARAMS, stream_usage = true } = entry;
  const { vendor_params = COMPATIBLE_VENDOR_PARAMS } = entry;
  if (typeof id !== 'string' || !ID.test(id)) {
    return fail('an id must be lower-case letters, digits and dashes, and begin with a letter');
  }
  const unknown = Object.keys(entry).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined)
    fail(`the entry "${id}" has a field "${unknown}"; it may have ${FIELDS.join(', ')}`);
  if (typeof base_url !== 'string' || !isHttpAddress(base_url)) {
    return fail(`the address of "${id}" must be http or https, such as http://localhost:11434/v1`);
  }
  if (api_key_env !== null && (typeof api_key_env !== 'string' || !VARIABLE.test(api_key_env))) {
    return fail(
      `the entry "${id}" must name the variable of its key, such as GROQ_API_KEY, and not hold the key`,
    );
  }
  if (!Array.isArray(params) || !params.every(isParamName)) {
    return fail(`"params" of "${id}" must be a list of some of ${PARAM_NAMES.join(', ')}`);
  }
  if (typeof stream_usage !== 'boolean') return fail(`"stream_usage" of "${id}" must be true or false`);
  if (!Array.isArray(vendor_params) || !vendor_params.every(isVendorParam)) {
    return fail(
      `"vendor_params" of "${id}" must be a list of some of ${COMPATIBLE_VENDOR_PARAMS.join(', ')}`,
    );
  }
  return {
    id,
    baseUrl: base_url,
    keyVariable: api_key_env,
    params: [...new Set(params)],
    asksForUsage: stream_usage,
    // This option is part of `stream_options`, which such a server refuses.
    vendorParams: vendor_params.filter((name) => stream_usage || name !== OBFUSCATION),
  };
}

function isParamName(name: unknown): name is ParamName {
  const known: readonly unknown[] = PARAM_NAMES;
  return known.includes(name);
}

function isVendorParam(name: unknown): name is string {
  const known: readonly unknown[] = COMPATIBLE_VENDOR_PARAMS;
  return known.includes(name);
}

function fail(what: string): never {
  throw new ProviderSetupError(`OPENAI_COMPATIBLE cannot be used: ${what}.`);
}
