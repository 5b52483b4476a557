import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../tree.js';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly requestBody?: Body }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Body {
  readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
}

/** Lists the arrays in a schema, visiting each class once. */
function* arraysIn(
  schema: Schema,
  at: string,
  { components }: OpenApiDocument,
  seen: Set<string>,
): Generator<{ readonly at: string; readonly maxItems: number | undefined }> {
  const document = { components } as OpenApiDocument;
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    if (seen.has(name)) return;
    seen.add(name);
    yield* arraysIn(components.schemas[name] ?? {}, name, document, seen);
  }
  if (schema.type === 'array') yield { at, maxItems: schema.maxItems };
  if (schema.items !== undefined) yield* arraysIn(schema.items, `${at}[]`, document, seen);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    yield* arraysIn(property, `${at}.${name}`, document, seen);
  }
  for (const part of [...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.allOf ?? [])]) {
    yield* arraysIn(part, at, document, seen);
  }
}

/** Each array that is checked element by element needs a bound, or one body blocks everybody. */
it('every array that a request may have says how many elements it takes', async () => {
  const document = JSON.parse(await readFile(path.join(ROOT, 'openapi.json'), 'utf8')) as OpenApiDocument;
  const seen = new Set<string>();
  const arrays = Object.entries(document.paths).flatMap(([route, methods]) =>
    Object.values(methods).flatMap(({ requestBody }) =>
      Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => [
        ...arraysIn(schema, route, document, seen),
      ]),
    ),
  );
  expect(arrays.length).toBeGreaterThan(10);
  expect(arrays.filter(({ maxItems }) => maxItems === undefined)).toEqual([]);
});
