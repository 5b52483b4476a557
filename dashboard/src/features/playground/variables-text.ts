import { compactJson } from '../../api/json-text';
import { ask } from '../../background/ask';
import { addSnippets } from '../../ui/editor/add-snippets';
import { useWork } from '../../ui/hooks/use-work';
import { contentOfVariant, type Playground, type Variant } from './variants/variant';

/** Returns the shared variables as typed, or an example with every name that the variants use. */
export async function variablesText({ variants, variables }: Playground): Promise<string> {
  return variables ?? exampleText(sharing(variants));
}

export async function exampleText(variants: readonly Variant[]): Promise<string> {
  return exampleOf(await listVariables([contentsText(variants)]));
}

/** Returns the text of `variablesText` to show, slightly delayed during typing. */
export function useVariablesText({ variants, variables }: Playground): string {
  const names = useWork(listVariables, variables === null ? [contentsText(sharing(variants))] : null);
  return variables ?? exampleOf(names.output ?? []);
}

/** A content whose snippets cannot be read has no variables to show, and running it says why. */
async function listVariables([contents]: readonly [contents: string]): Promise<readonly string[]> {
  const texts = JSON.parse(contents) as readonly string[];
  const whole = await Promise.all(texts.map(async (text) => addSnippets(text).catch(() => text)));
  return ask('listVariables', [JSON.stringify(whole)]);
}

function sharing(variants: readonly Variant[]): readonly Variant[] {
  return variants.filter(({ variables: own }) => own === null);
}

/** Formats the contents for `listVariables`, without those that have a part which is not JSON. */
function contentsText(variants: readonly Variant[]): string {
  return JSON.stringify(variants.flatMap((variant) => contentText(variant) ?? []));
}

function contentText(variant: Variant): string | null {
  try {
    return compactJson(contentOfVariant(variant));
  } catch {
    return null;
  }
}

function exampleOf(names: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, ''])), null, 2);
}
