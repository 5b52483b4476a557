import { convertToOpenApi31 } from './openapi-31.js';

/** Converts a schema inside a document and returns it. */
function convertSchema(schema: unknown): unknown {
  const document = { openapi: '3.0.0', components: { schemas: { Thing: schema } } };
  return convertToOpenApi31(document).components.schemas.Thing;
}

describe('OpenAPI 3.1 from 3.0', () => {
  it('says which version it is', () => {
    expect(convertToOpenApi31({ openapi: '3.0.0', paths: {} })).toEqual({ openapi: '3.1.0', paths: {} });
  });

  const ref = { $ref: '#/components/schemas/Other' };
  it.each([
    ['a type', { type: 'string', nullable: true, maxLength: 3 }, { type: ['string', 'null'], maxLength: 3 }],
    ['a type that is never null', { type: 'string', nullable: false }, { type: 'string' }],
    ['any value', { nullable: true, description: 'x' }, { description: 'x' }],
    [
      'values',
      { type: 'string', enum: ['a'], nullable: true },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [
      'a described reference',
      { nullable: true, allOf: [ref], description: 'x' },
      { description: 'x', oneOf: [ref, { type: 'null' }] },
    ],
    [
      'a described reference with a type',
      { type: 'object', nullable: true, allOf: [ref] },
      { oneOf: [ref, { type: 'null' }] },
    ],
    ['alternatives', { nullable: true, oneOf: [ref] }, { oneOf: [ref, { type: 'null' }] }],
    [
      'what stands deeper',
      { type: 'array', items: { type: 'object', properties: { a: { type: 'integer', nullable: true } } } },
      { type: 'array', items: { type: 'object', properties: { a: { type: ['integer', 'null'] } } } },
    ],
    [
      'a property of this name',
      { type: 'object', properties: { nullable: { type: 'boolean', nullable: true } } },
      { type: 'object', properties: { nullable: { type: ['boolean', 'null'] } } },
    ],
    ['an example, which is data', { example: { nullable: true } }, { example: { nullable: true } }],
  ])('knows null in %s', (_what, before, after) => {
    expect(convertSchema(before)).toEqual(after);
  });
});
