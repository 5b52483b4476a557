import { pointerSegment, ValidationError } from '../../kernel/index.js';
import { compileSchema } from '../compile-schema.js';

/** A part of a response format's schema that a vendor refuses. */
export interface SchemaWarning {
  /** The JSON pointer of the part. */
  readonly pointer: string;
  /** The vendors that refuse it. Empty when it only keeps this service from checking answers. */
  readonly vendors: readonly string[];
  readonly message: string;
}

/** Enough to fix a schema in one go. */
const MAX_WARNINGS = 100;
/** The limit for bodies. */
const MAX_DEPTH = 64;

const OPENAI = 'openai';
const ANTHROPIC = 'anthropic';
const GOOGLE = 'google';
const EVERYBODY = [OPENAI, ANTHROPIC, GOOGLE];

/** Limits that a token-by-token decoder cannot enforce, and the vendors that say so. */
const LIMITS: ReadonlyMap<string, readonly string[]> = new Map(
  (
    [
      [['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'], [ANTHROPIC]],
      [
        ['minLength', 'maxLength'],
        [OPENAI, ANTHROPIC],
      ],
      [['minItems', 'maxItems'], [ANTHROPIC]],
      [
        ['uniqueItems', 'contains', 'minContains', 'maxContains'],
        [OPENAI, ANTHROPIC],
      ],
      [
        ['minProperties', 'maxProperties', 'patternProperties', 'propertyNames'],
        [OPENAI, ANTHROPIC],
      ],
      [['oneOf', 'allOf', 'not', 'if', 'then', 'else', 'dependentRequired', 'dependentSchemas'], [OPENAI]],
    ] as const
  ).flatMap(([keywords, vendors]) => keywords.map((keyword) => [keyword, vendors] as const)),
);

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const ONE = ['items', 'additionalProperties', 'contains', 'not', 'if', 'then', 'else', 'propertyNames'];
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const BY_NAME = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];

type Members = Readonly<Record<string, unknown>>;

/**
 * Finds what vendors will refuse in the schema of a response format, judged by the strictest subset that all of them accept: every object
 * closed (`additionalProperties: false`) and every property required, no limits on numbers, lengths and lists, no recursion, and no
 * external `$ref`. Also finds what keeps this service from checking answers. These are only warnings, because vendors extend their support.
 *
 * @param pointer the schema's pointer, which prefixes those of the warnings.
 * @param strict false when vendors only try to follow the schema; those that only check strict schemas then refuse nothing.
 */
export function findSchemaWarnings(
  schema: unknown,
  pointer: string,
  strict: boolean | undefined,
): SchemaWarning[] {
  const reader = new WarningReader(schema, strict !== false);
  reader.readRoot(schema, pointer);
  reader.read(schema, pointer, 0);
  return [...reader.warnings, ...findUnchecked(schema, pointer)].slice(0, MAX_WARNINGS);
}

function findUnchecked(schema: unknown, pointer: string): SchemaWarning[] {
  try {
    compileSchema(schema, pointer);
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return (error.errors ?? []).map(({ pointer: at, message }) => ({
      pointer: at,
      vendors: [],
      message: `${message}, so answers are not checked against the schema here`,
    }));
  }
}

class WarningReader {
  readonly warnings: SchemaWarning[] = [];
  private readonly recursive: ReadonlySet<string>;

  constructor(
    root: unknown,
    private readonly isStrict: boolean,
  ) {
    this.recursive = findRecursive(root);
  }

  /** Vendors require an object at the root. A list or a choice has to be a property of one. */
  readRoot(value: unknown, pointer: string): void {
    if (!isMembers(value)) return;
    if (Array.isArray(value['anyOf'])) {
      this.warn(`${pointer}/anyOf`, [OPENAI], 'must not be at the root; put it into a property of an object');
    } else if (value['type'] !== 'object' && value['$ref'] === undefined) {
      this.warn(
        pointer,
        [OPENAI],
        'must have "type": "object" at the root; put the rest into a property of it',
      );
    }
  }

  read(value: unknown, pointer: string, depth: number): void {
    if (!isMembers(value) || depth > MAX_DEPTH || this.warnings.length >= MAX_WARNINGS) return;
    this.readReference(value, pointer);
    this.readObject(value, pointer);
    for (const [keyword, vendors] of LIMITS) {
      if (Object.hasOwn(value, keyword)) {
        this.warn(`${pointer}/${keyword}`, vendors, `"${keyword}" is not a supported keyword`);
      }
    }
    for (const [step, child] of listChildren(value)) this.read(child, `${pointer}${step}`, depth + 1);
  }

  private readReference(schema: Members, pointer: string): void {
    const reference = schema['$ref'] ?? schema['$dynamicRef'];
    if (typeof reference !== 'string') return;
    const at = `${pointer}/${schema['$ref'] === undefined ? '$dynamicRef' : '$ref'}`;
    if (!reference.startsWith('#')) this.warn(at, EVERYBODY, 'leads out of the schema, and is not followed');
    else if (this.recursive.has(reference)) this.warn(at, [ANTHROPIC], 'makes the schema recursive');
  }

  private readObject(schema: Members, pointer: string): void {
    const properties = isMembers(schema['properties']) ? schema['properties'] : {};
    const names = Object.keys(properties);
    if (!isObjectSchema(schema) && names.length === 0) return;
    if (schema['additionalProperties'] !== false) {
      this.warn(pointer, [OPENAI, ANTHROPIC], 'must have "additionalProperties": false');
    }
    const required = new Set(Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : []);
    for (const name of names.filter((each) => !required.has(each))) {
      const at = `${pointer}/properties/${pointerSegment(name)}`;
      this.warn(at, [OPENAI], 'must be in "required"; what may be left out is allowed to be null instead');
    }
  }

  private warn(pointer: string, vendors: readonly string[], message: string): void {
    const refusing = this.isStrict ? vendors : vendors.filter((vendor) => vendor !== OPENAI);
    if (refusing.length === 0 || this.warnings.length >= MAX_WARNINGS) return;
    this.warnings.push({ pointer, vendors: refusing, message });
  }
}

function isObjectSchema({ type }: Members): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object'));
}

function listChildren(schema: Members): (readonly [step: string, child: unknown])[] {
  const lists = LISTS.flatMap((keyword) => {
    const list = schema[keyword];
    return Array.isArray(list)
      ? list.map((child: unknown, index) => [`/${keyword}/${index}`, child] as const)
      : [];
  });
  const named = BY_NAME.flatMap((keyword) => {
    const byName = schema[keyword];
    if (!isMembers(byName)) return [];
    return Object.entries(byName).map(
      ([name, child]) => [`/${keyword}/${pointerSegment(name)}`, child] as const,
    );
  });
  return [...ONE.map((keyword) => [`/${keyword}`, schema[keyword]] as const), ...lists, ...named];
}

/** Finds the references that lead, directly or indirectly, to a schema that contains them. */
function findRecursive(root: unknown): ReadonlySet<string> {
  /** Maps the pointer of a referenced schema to the references below it. */
  const below = new Map<string, string[]>();
  const visit = (value: unknown, inside: readonly string[], pointer: string, depth: number): void => {
    if (!isMembers(value) || depth > MAX_DEPTH) return;
    const reference = value['$ref'];
    if (typeof reference === 'string') for (const outer of inside) below.get(outer)?.push(reference);
    for (const [step, child] of listChildren(value)) {
      const at = `${pointer}${step}`;
      const isTarget = /^#\/(?:\$defs|definitions)\/[^/]+$/.test(at);
      if (isTarget) below.set(at, below.get(at) ?? []);
      visit(child, isTarget ? [...inside, at] : inside, at, depth + 1);
    }
  };
  below.set('#', []);
  visit(root, ['#'], '#', 0);
  const reaches = (from: string, to: string): boolean => {
    const seen = new Set<string>();
    const open = [...(below.get(from) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === to) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(below.get(next) ?? []));
    }
    return false;
  };
  return new Set([...below.keys()].filter((target) => reaches(target, target)));
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
