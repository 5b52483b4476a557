import { getMetadataStorage } from 'class-validator';
import type { INestApplication, Type } from '@nestjs/common';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describeShape } from '../../../src/infra/http/dto/dto-shape.js';
import { previewApi } from './api.js';
import { ROOT } from '../tree.js';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
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

/** Whether the schema permits null. A schema without a type permits every value. */
function isNullable({ $ref, type, oneOf, anyOf, allOf }: Schema): boolean {
  if ($ref !== undefined || allOf !== undefined) return false;
  const choices = oneOf ?? anyOf;
  if (choices !== undefined) return choices.some(isNullable);
  return type === undefined || [type].flat().includes('null');
}

/** Adds the names of the classes that a schema refers to. */
function addClasses(schema: Schema, document: OpenApiDocument, names: Set<string>): void {
  const name = schema.$ref?.split('/').at(-1);
  if (name !== undefined && !names.has(name)) {
    names.add(name);
    addClasses(document.components.schemas[name] ?? {}, document, names);
  }
  const parts = [schema.items ?? [], schema.oneOf ?? [], schema.anyOf ?? [], schema.allOf ?? []].flat();
  for (const part of [...parts, ...Object.values(schema.properties ?? {})]) addClasses(part, document, names);
}

/** All classes with validators, by name. */
function listValidated(): ReadonlyMap<string, Type<object>> {
  const byClass = Reflect.get(getMetadataStorage(), 'validationMetadatas') as ReadonlyMap<
    Type<object>,
    unknown
  >;
  return new Map([...byClass.keys()].map((type) => [type.name, type]));
}

describe('members of request bodies', () => {
  let api: INestApplication;
  let document: OpenApiDocument;

  beforeAll(async () => {
    api = await previewApi();
    document = JSON.parse(await readFile(path.join(ROOT, 'openapi.json'), 'utf8')) as OpenApiDocument;
  });

  afterAll(() => api.close());

  it('are nullable in the document where the service takes null', () => {
    const names = new Set<string>();
    for (const methods of Object.values(document.paths)) {
      for (const { requestBody } of Object.values(methods)) {
        for (const { schema } of Object.values(requestBody?.content ?? {}))
          addClasses(schema, document, names);
      }
    }
    const validated = listValidated();
    const shapes = [...names].flatMap((name) => {
      const type = validated.get(name);
      return type === undefined ? [] : [{ name, shape: describeShape(type) }];
    });
    expect(shapes.length).toBeGreaterThan(40);
    const undeclared = shapes.flatMap(({ name, shape }) =>
      [...shape]
        .filter(([, { isNullable: takesNull }]) => takesNull)
        .filter(([property]) => !isNullable(document.components.schemas[name]?.properties?.[property] ?? {}))
        .map(([property]) => `${name}.${property}`),
    );
    expect(undeclared).toEqual([]);
  });
});
