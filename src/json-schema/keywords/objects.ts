import type { SchemaPart } from '../reading/schema-part.js';
import type { Evaluation, SchemaNode } from '../schema-node.js';
import { countKeys, hasKey, type JsonObject, listKeys, memberAt } from '../values/json-values.js';
import type { LinearPattern } from '../values/linear-pattern.js';
import { formatCount } from './strings.js';

const STEPS_PER_MEMBER = 4;

/** Reads the constraints on objects. */
export function readObjects(part: SchemaPart): void {
  const least = part.count('minProperties');
  if (least !== undefined) {
    const message = `must have at least ${formatCount(least, 'member')}`;
    part.assert('object', (value, it) => countKeys(value as JsonObject) >= least || it.fail(message));
  }
  const most = part.count('maxProperties');
  if (most !== undefined) {
    const message = `must have at most ${formatCount(most, 'member')}`;
    part.assert('object', (value, it) => countKeys(value as JsonObject) <= most || it.fail(message));
  }
  const required = part.names('required') ?? [];
  if (required.length > 0) {
    part.assert('object', (value, it) => requireAll(value as JsonObject, required, it, 'is required'));
  }
  readDependencies(part);
  readNames(part);
  readMembers(part);
}

function requireAll(
  object: JsonObject,
  names: readonly string[],
  evaluation: Evaluation,
  message: string,
): boolean {
  evaluation.spend(names.length);
  let fits = true;
  for (const name of names) if (!hasKey(object, name)) fits = evaluation.fail(message, name);
  return fits;
}

function readDependencies(part: SchemaPart): void {
  for (const [name, list] of part.entries('dependentRequired') ?? []) {
    const names = part.asNames(list, 'dependentRequired', name) ?? [];
    const message = `is required beside ${JSON.stringify(name)}`;
    part.assert('object', (value, evaluation) => {
      const object = value as JsonObject;
      return !hasKey(object, name) || requireAll(object, names, evaluation, message);
    });
  }
  for (const [name, node] of part.subschemaMap('dependentSchemas') ?? []) {
    part.applyInPlace(node);
    part.assert('object', (value, evaluation, seen) => {
      return !hasKey(value as JsonObject, name) || evaluation.apply(node, value, seen);
    });
  }
}

function readNames(part: SchemaPart): void {
  const node = part.subschema('propertyNames');
  if (node === undefined) return;
  part.assert('object', (value, evaluation) => {
    let fits = true;
    for (const key of listKeys(value as JsonObject)) {
      if (!evaluation.fits(node, key)) fits = evaluation.fail('has a name that is not allowed', key);
    }
    return fits;
  });
}

/** Reads `properties`, `patternProperties` and `additionalProperties`, which divide the members among them. */
function readMembers(part: SchemaPart): void {
  const known = part.subschemaMap('properties') ?? new Map<string, SchemaNode>();
  const patterns = readPatterns(part);
  const others = part.subschema('additionalProperties');
  if (known.size === 0 && patterns.length === 0 && others === undefined) return;
  const refusesOthers = part.value('additionalProperties') === false;
  const rest = others === undefined ? [] : [others];
  const named = new Map([...known].map(([key, node]) => [key, [node]]));
  const findNodes = (key: string, evaluation: Evaluation): readonly SchemaNode[] => {
    const own = named.get(key) ?? [];
    if (patterns.length === 0) return own;
    const matching = patterns.filter(([pattern]) => pattern.test(key, evaluation)).map(([, node]) => node);
    return [...own, ...matching];
  };
  part.assert('object', (value, evaluation, seen) => {
    const object = value as JsonObject;
    const keys = listKeys(object);
    evaluation.spend(STEPS_PER_MEMBER * keys.length);
    let fits = true;
    for (const key of keys) {
      const nodes = findNodes(key, evaluation);
      const isOther = nodes.length === 0;
      if (!isOther || others !== undefined) seen?.keys.add(key);
      if (isOther && refusesOthers) fits = evaluation.fail('is not a known member', key);
      else {
        for (const node of isOther ? rest : nodes) {
          if (!evaluation.applyAt(node, key, memberAt(object, key))) fits = false;
        }
      }
    }
    return fits;
  });
}

function readPatterns(part: SchemaPart): readonly (readonly [LinearPattern, SchemaNode])[] {
  return [...(part.subschemaMap('patternProperties') ?? [])].flatMap(([source, node]) => {
    const pattern = part.pattern(source, 'patternProperties', source);
    return pattern === undefined ? [] : [[pattern, node] as const];
  });
}
