import { typeOfSchema } from './type-of-schema.js';

export interface TypedPrompt {
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

const ANY_VARIABLES = 'Readonly<Record<string, unknown>>';

/** Writes a declaration that tells the client the variables of prompts, by name. The same prompts give the same bytes. */
export function formatTypes(prompts: readonly TypedPrompt[]): string {
  const sorted = [...prompts].sort((one, other) => (one.name < other.name ? -1 : 1));
  const members = sorted.map(({ name, schema }) => {
    const type = typeOfSchema(schema);
    return `    ${JSON.stringify(name)}: ${type === 'unknown' ? ANY_VARIABLES : type};\n`;
  });
  return [
    '// Written by `prompt-ledger types` from the schemas of the active versions.\n',
    "import '@prompt-ledger/client';\n\n",
    "declare module '@prompt-ledger/client' {\n",
    `  interface PromptVariables {\n${members.join('')}  }\n}\n`,
  ].join('');
}
